# Sourced by the commands in tools/bin after jdk.sh, with root set to the checkout. Builds the jars with Maven.
#
# tools/target/built is touched with the time at which the last good build began: a source that changed while it ran counts as newer.

build_out=$root/tools/target
build_log=$build_out/build.log
build_cache=$build_out/braid.aot

# build_is_current: true when everything is built and no source, pom or resource is newer. Starts no Maven.
# Folders count too, so a deleted file is noticed.
build_is_current() {
    [ -e "$build_out/built" ] && [ -d "$build_out/lib" ] && build_find_jar || return 1
    [ -z "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/.mvn "$root"/*/src/main -newer "$build_out/built" \
        -print -quit 2>/dev/null)" ]
}

# build_find_jar: sets build_jar to the jar with the program's main class.
build_find_jar() {
    for build_jar in "$build_out"/tools-*.jar; do
        [ ! -r "$build_jar" ] || return 0
    done
    return 1
}

# build_find_bench: sets bench_jar to the jar with the benchmarks.
build_find_bench() {
    for bench_jar in "$root"/bench/target/bench-*.jar; do
        [ ! -r "$bench_jar" ] || return 0
    done
    return 1
}

# build_raise: lets the cache take classes of libraries that are too old for it.
build_raise() {
    timeout 60 "$jdk/bin/java" @"$root/tools/short.args" -XX:+UseSerialGC -cp "$build_jar" dev.braid.tools.CacheableJar "$build_out/lib" \
        >"$build_out/raise.log" 2>&1 9<&-
}

# build_rehearse: records what short commands load in build_cache, which the JVM passes over without a word when it does not fit: another
# JDK, other jars. They only start later without it.
build_rehearse() {
    build_rehearsal=$(mktemp -d) || return 0
    XDG_RUNTIME_DIR=$build_rehearsal timeout 60 "$jdk/bin/java" @"$root/tools/jvm.args" @"$root/tools/short.args" \
        -XX:AOTCacheOutput="$build_cache" -cp "$build_jar:$build_out/lib/*" dev.braid.tools.Rehearsal \
        >"$build_out/rehearsal.log" 2>&1 9<&- || rm -f "$build_cache"
    rm -rf "$build_rehearsal"
}

# build_lock: waits until no other command builds in this checkout; the lock goes with descriptor 9.
build_lock() {
    exec 9<"$root/pom.xml"
    command -v flock >/dev/null 2>&1 || return 0
    flock -n 9 && return 0
    echo "braid: waiting for another build in $root" >&2
    flock 9
}

build_unlock() {
    exec 9<&-
}

# build_may_write: true when this user can put files where the build does.
build_may_write() {
    for build_dir in "$root"/fastpath "$root"/tun-driver "$root"/stack "$root"/bench "$root"/tools; do
        [ -w "$build_dir" ] || return 1
        [ ! -e "$build_dir/target" ] || [ -w "$build_dir/target" ] || return 1
    done
}

# build_maven ARG...: runs Maven on the checkout. Its JVM takes the home folder from the user database, not from HOME;
# where that folder takes no files, downloads go into the checkout.
build_maven() {
    build_home=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6)
    build_repository=
    case " ${BRAID_MAVEN_ARGS:-}" in
        *\ -Dmaven.repo.local=*) ;;
        *)
            if [ -d "$build_home/.m2" ]; then build_home=$build_home/.m2; fi
            [ -n "$build_home" ] && [ -w "$build_home" ] || build_repository=-Dmaven.repo.local=$root/target/repository
            ;;
    esac
    # shellcheck disable=SC2086 # several arguments in one variable
    (cd "$root" && JAVA25_HOME=$jdk exec mvn -B ${build_repository:+"$build_repository"} ${BRAID_MAVEN_ARGS:-} "$@") 9<&-
}

# build_jars ARG...: builds the jars and tools/target/lib, with one line of progress; on failure the end of the log and status 1.
# Old jars are removed first: a daemon that still runs from them keeps its open files, and a failed build leaves nothing stale.
build_jars() {
    command -v mvn >/dev/null 2>&1 || {
        echo "braid: building needs Maven, and there is no mvn on the PATH; install it: apt-get install maven" >&2
        return 1
    }
    mkdir -p "$build_out" || return 1
    rm -rf "$build_out/lib" "$build_out"/tools-*.jar "$build_cache" "$build_out/built"
    : >"$build_out/building"
    build_began=$(date +%s)
    build_maven -DskipTests "$@" package >"$build_log" 2>&1 &
    build_pid=$!
    trap 'kill "$build_pid" 2>/dev/null; echo >&2; exit 130' INT
    trap 'kill "$build_pid" 2>/dev/null; exit 143' TERM
    if [ -t 2 ]; then
        while kill -0 "$build_pid" 2>/dev/null; do
            printf '\rbraid: building %s\033[K' "$(build_progress)" >&2
            sleep 0.3
        done
        printf '\r\033[K' >&2
    else
        echo "braid: building (the first time takes a minute or two)" >&2
    fi
    build_status=0
    wait "$build_pid" || build_status=$?
    trap - INT TERM
    if [ "$build_status" -ne 0 ]; then
        rm -f "$build_out/building"
        build_explain
        return 1
    fi
    if build_find_jar; then
        build_raise
        build_rehearse
    fi
    echo "$jdk" >"$build_out/jdk"
    mv "$build_out/building" "$build_out/built"
    echo "braid: built in $(($(date +%s) - build_began)) s" >&2
}

# build_progress: the module Maven is at, as "3/6 stack", from its log.
build_progress() {
    sed -n 's/^\[INFO\] Building \([^ ]*\) .*\[\([0-9]*\/[0-9]*\)\]$/\2 \1/p' "$build_log" | tail -n 1
}

# build_explain: what went wrong, from Maven's log.
build_explain() {
    if grep -qE 'Unknown host|Could not transfer|name resolution|Connection refused|in offline mode' "$build_log"; then
        echo "braid: the build could not download what it needs from Maven Central, which it does once; log: $build_log" >&2
        return
    fi
    echo "braid: the build failed; log: $build_log" >&2
    if grep -q '^\[ERROR\]' "$build_log"; then
        grep '^\[ERROR\]' "$build_log" | grep -vE '\[Help|^\[ERROR\] *(To see|Re-run|For more|After|  mvn )|^\[ERROR\] *$' | head -n 12 >&2
    else
        tail -n 12 "$build_log" >&2
    fi
}
