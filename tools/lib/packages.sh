# Sourced by tools/bin/verify. Installs the Debian packages that the tests call.

# packages_for STEPS: installs what these steps need and the machine has not, as root; else says what is missing.
packages_for() {
    packages_missing=
    packages_want mvn maven
    case " $1 " in
        *" kernel "*)
            if [ "$(id -u)" -eq 0 ]; then
                packages_want ip iproute2
                packages_want tshark tshark
                packages_want curl curl
                packages_want ssh openssh-client
                packages_want sshd openssh-server
            fi
            ;;
    esac
    [ -n "$packages_missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "verify: missing:$packages_missing; install as root: apt-get install$packages_missing" >&2
        return 1
    fi
    echo "verify: installing$packages_missing" >&2
    # shellcheck disable=SC2086 # several packages in one variable
    packages_install $packages_missing || {
        echo "verify: could not install$packages_missing (no network?); install by hand: apt-get install$packages_missing" >&2
        return 1
    }
}

# packages_want COMMAND PACKAGE: notes the package when the command is not there.
packages_want() {
    command -v "$1" >/dev/null 2>&1 || packages_missing="$packages_missing $2"
}

# packages_install PACKAGE...: asks for fresh lists only when the present ones do not serve.
packages_install() {
    packages_apt install "$@" || { packages_apt update && packages_apt install "$@"; }
}

packages_apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null 2>&1
}
