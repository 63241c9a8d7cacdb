# Sourced by tools/bin/verify. Runs packetdrill's scripts, where somebody has them, against the drill endpoint.

# drill_check SUITE ADAPTOR: says in one line what is wrong with the folders, or nothing.
drill_check() {
    if [ -n "$1" ] && [ -z "$2" ]; then
        echo "--suite also takes --adaptor DIR, the folder with run.py"
    elif [ -z "$1" ] && [ -n "$2" ]; then
        echo "--adaptor also takes --suite DIR, the folder with packetdrill's tcp scripts"
    elif [ -n "$1" ] && [ ! -d "$1/tcp" ]; then
        echo "--suite $1 has no folder tcp with scripts"
    elif [ -n "$1" ] && [ ! -x "$1/packetdrill/packetdrill" ]; then
        echo "--suite $1 has no packetdrill/packetdrill; build it there (needs bison and flex)"
    elif [ -n "$2" ] && [ ! -f "$2/run.py" ]; then
        echo "--adaptor $2 has no run.py"
    fi
}

# drill_run SUITE ADAPTOR: the yardstick on the virtual clock. What docs/conformance.md counts as passing has to pass; the others are
# known and count as skipped.
drill_run() {
    began=$(now)
    if [ -z "$1" ]; then
        echo "verify: drill skipped: no --suite DIR and --adaptor DIR" >&2
        record drill 0 0 0 1
        return
    fi
    suite=$(readlink -f -- "$1")
    adaptor=$(readlink -f -- "$2")
    mkdir -p "$reports/drill/suite"
    # A copy, for the suite's set_sysctls.py writes to the kernel's own and gives way to the adaptor's.
    cp -R "$suite/tcp" "$reports/drill/suite/"
    [ ! -d "$suite/common" ] || cp -R "$suite/common" "$reports/drill/suite/"
    [ ! -f "$adaptor/set_sysctls.py" ] || cp -f "$adaptor/set_sysctls.py" "$reports/drill/suite/tcp/common/set_sysctls.py"
    timeout --foreground -k 10 "$limit" python3 "$adaptor/run.py" --packetdrill "$suite/packetdrill/packetdrill" \
        --scripts "$reports/drill/suite" --list "$adaptor/tcp-yardstick.txt" --braid "$root/tools/bin/braid" \
        --build "$reports/drill/adaptor" --out "$reports/drill/drill.tsv" --logs "$reports/drill/logs" --timeout 20 \
        >"$reports/drill/output.log" 2>&1
    counts=$(awk -F '\t' '
        FNR == NR { if ($0 !~ /^#/ && $0 != "") expected[$1] = 1; next }
        $2 == "PASS" { passed++; delete expected[$1]; next }
        $1 in expected { print "verify: drill: " $1 ": " $4 > "/dev/stderr"; failed++; delete expected[$1]; next }
        { known++ }
        END {
            for (left in expected) { print "verify: drill: " left " did not run" > "/dev/stderr"; failed++ }
            print passed + 0, failed + 0, known + 0
        }' "$root/tools/lib/drill-passing.txt" "$reports/drill/drill.tsv")
    # shellcheck disable=SC2086 # three numbers
    record drill $(($(now) - began)) ${counts:-0 1 0}
}
