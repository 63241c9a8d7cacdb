# Sourced by tools/bin/verify, with root, jdk and full set. Lets Jazzer look for inputs that break a fuzz target.
#
# A target is a folder MODULE/src/test/fuzz/CLASS with the inputs that are kept of it; what a run finds of interest goes to
# target/fuzz/NAME, where the next run takes it up.

# fuzz_targets: a line "NAME MODULE CLASS" for each target.
fuzz_targets() {
    for fuzz_folder in "$root"/*/src/test/fuzz/*Fuzz; do
        [ -d "$fuzz_folder" ] || continue
        fuzz_class=${fuzz_folder##*/}
        fuzz_module=${fuzz_folder#"$root"/}
        fuzz_name=${fuzz_class##*.}
        echo "${fuzz_name%Fuzz} ${fuzz_module%%/*} $fuzz_class"
    done
}

# fuzz_is_target NAME: true when there is such a target.
fuzz_is_target() {
    fuzz_targets | grep -q "^$1 "
}

# fuzz_run MINUTES NAME: runs one target, or all when NAME is empty, for so many minutes each; one row of the table.
fuzz_run() {
    began=$(now)
    passed=0 failed=0
    fuzz_targets >"$reports/fuzz.targets"
    while read -r fuzz_name fuzz_module fuzz_class <&8; do
        if [ -z "$2" ] || [ "$2" = "$fuzz_name" ]; then fuzz_one "$1"; fi
    done 8<"$reports/fuzz.targets"
    record fuzz $(($(now) - began)) "$passed" "$failed" 0
}

# fuzz_one MINUTES: runs the target of fuzz_name, fuzz_module and fuzz_class. Its first finding ends it.
fuzz_one() {
    fuzz_place=$root/target/fuzz/$fuzz_name
    mkdir -p "$fuzz_place/corpus"
    fuzz_status=0
    (cd "$root/$fuzz_module" && exec timeout --foreground -k 10 $(($1 * 60 + 300)) "$jdk/bin/java" \
        @"$root/tools/jvm.args" -XX:+EnableDynamicAgentLoading -Dbasedir="$root/$fuzz_module" \
        -cp "target/test-classes:target/classes:$(cat target/test.classpath)" com.code_intelligence.jazzer.Jazzer \
        --target_class="$fuzz_class" --instrumentation_includes='dev.braid.**' --custom_hook_includes='dev.braid.**' \
        --reproducer_path="$fuzz_place" -artifact_prefix="$fuzz_place/" -max_total_time=$(($1 * 60)) -timeout=20 \
        -rss_limit_mb=4096 "$fuzz_place/corpus" "src/test/fuzz/$fuzz_class") >"$fuzz_place/log" 2>&1 || fuzz_status=$?
    if [ "$fuzz_status" -eq 0 ]; then
        passed=$((passed + 1))
        echo "verify: fuzz $fuzz_name: $(sed -n 's/^Done \(.*\)$/\1/p' "$fuzz_place/log" | tail -n 1), no finding" >&2
        return
    fi
    failed=$((failed + 1))
    fuzz_input=$(sed -n 's/.*Test unit written to //p' "$fuzz_place/log" | tail -n 1)
    echo "verify: fuzz $fuzz_name failed (exit status $fuzz_status); $fuzz_place/log:" >&2
    { grep -A 12 '^== Java Exception' "$fuzz_place/log" || tail -n 20 "$fuzz_place/log"; } | cut -c 1-400 >&2
    [ -z "$fuzz_input" ] || echo "verify: the input: $fuzz_input; kept in $fuzz_module/src/test/fuzz/$fuzz_class it is a test" >&2
}
