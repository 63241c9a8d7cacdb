# Sourced by tools/bin/verify, with root, jdk, full and reports set. Runs the tests that let two threads meet by the million.
#
# A stress test is a class *Stress in a module's test sources, in the package of what it tests. Maven compiles it as any other;
# the runners that jcstress generates are compiled here, for javac finds faults in them that nobody here can mend.

# stress_run: all modules' stress tests, and a row of the table.
stress_run() {
    began=$(now)
    passed=0 failed=0
    for stress_module in $modules; do
        stress_sources=$(cd "$root/$stress_module" && find src/test -name '*Stress.java' 2>/dev/null)
        if [ -n "$stress_sources" ]; then stress_one; fi
    done
    record stress $(($(now) - began)) "$passed" "$failed" 0
}

# stress_one: the tests of stress_module; one JVM runs them all in the short form, one each in the long one.
stress_one() {
    stress_place=$reports/stress/$stress_module
    mkdir -p "$stress_place/classes"
    stress_path="target/test-classes:target/classes:$(cat "$root/$stress_module/target/test.classpath")"
    # shellcheck disable=SC2086 # several sources in one variable
    (cd "$root/$stress_module" && "$jdk/bin/javac" -nowarn -d "$stress_place/classes" -s "$stress_place" -cp "$stress_path" \
        -processor org.openjdk.jcstress.infra.processors.JCStressTestProcessor $stress_sources) \
        >"$stress_place/javac.log" 2>&1 || {
        failed=$((failed + 1))
        tail -n 20 "$stress_place/javac.log" >&2
        return
    }
    if $full; then stress_how="-m default -f 1"; else stress_how="-f 1 -fsm 0 -iters 1 -time 2000 -sc false -strideSize 64 -strideCount 16"; fi
    stress_status=0
    # shellcheck disable=SC2086 # several options in one variable
    (cd "$stress_place" && exec timeout --foreground -k 10 "$limit" "$jdk/bin/java" @"$root/tools/jvm.args" \
        -cp "$stress_place/classes:$(stress_absolute)" org.openjdk.jcstress.Main $stress_how \
        -jvmArgs "$(grep -v '^#' "$root/tools/jvm.args" | tr '\n' ' ')" -r "$stress_place/report/") \
        >"$stress_place/output.log" 2>&1 || stress_status=$?
    stress_counts=$(sed -n 's/.*Results: [0-9]* planned; \([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) soft errs, \([0-9]*\) hard errs.*/\1 \2 \3 \4/p' \
        "$stress_place/output.log" | tail -n 1)
    # shellcheck disable=SC2086 # four numbers
    set -- ${stress_counts:-0 0 0 1}
    stress_failed=$(($2 + $3 + $4))
    if [ "$stress_status" -ne 0 ] && [ "$stress_failed" -eq 0 ]; then stress_failed=1; fi
    passed=$((passed + $1))
    failed=$((failed + stress_failed))
    if [ "$stress_failed" -gt 0 ]; then
        echo "verify: stress of $stress_module failed (exit status $stress_status); $stress_place/output.log:" >&2
        tail -n 60 "$stress_place/output.log" >&2
    fi
}

# stress_absolute: the module's test class path, its own folders with the whole path.
stress_absolute() {
    printf '%s' "$root/$stress_module/target/test-classes:$root/$stress_module/target/classes:$(cat "$root/$stress_module/target/test.classpath")"
}
