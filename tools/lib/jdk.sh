# Sourced by the commands in tools/bin. Finds a JDK by its release file, without starting a JVM.

JDK_WANTED=25

# jdk_is_new_enough HOME: true for a JDK (not a mere JRE) of at least JDK_WANTED.
jdk_is_new_enough() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
        case $jdk_line in
            JAVA_VERSION=*)
                jdk_feature=${jdk_line#JAVA_VERSION=\"}
                jdk_feature=${jdk_feature%%[!0-9]*}
                [ "${jdk_feature:-0}" -ge "$JDK_WANTED" ]
                return
                ;;
        esac
    done <"$1/release"
    return 1
}

# jdk_find: sets jdk to the first home that will do, or fails with one line on standard error.
# The last resort is the one that built: sudo hides its caller's folders and variables.
# BRAID_JAVA_HOME is an order, not a hint: when it is set, nothing else is looked at.
jdk_find() {
    if [ -n "${BRAID_JAVA_HOME:-}" ]; then
        jdk=$BRAID_JAVA_HOME
        jdk_is_new_enough "$jdk" && return 0
        echo "braid: BRAID_JAVA_HOME=$jdk is not a JDK $JDK_WANTED or newer" >&2
        return 1
    fi
    jdk_on_path=$(command -v javac 2>/dev/null) && jdk_on_path=$(readlink -f -- "$jdk_on_path") || jdk_on_path=
    for jdk in "${JAVA_HOME:-}" "${jdk_on_path%/bin/javac}" \
        /usr/lib/jvm/*-25* /usr/lib/jvm/* /opt/java/* /opt/jdk* /usr/java/* /usr/local/jdk* /usr/local/java/* \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "$(cat "$root/tools/target/jdk" 2>/dev/null)"; do
        [ -n "$jdk" ] && jdk_is_new_enough "$jdk" && return 0
    done
    echo "braid: no JDK $JDK_WANTED or newer found; install one or set BRAID_JAVA_HOME to its folder" >&2
    return 1
}
