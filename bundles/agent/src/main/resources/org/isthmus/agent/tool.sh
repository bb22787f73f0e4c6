#!/bin/bash
# A hook tool: hands its arguments to the agent over the loopback and prints the answer. Starting a JVM would take 100 ms, this 3.
LC_ALL=C
tool=${0##*/}
address=${JUJU_AGENT_SOCKET_ADDRESS-}
if [[ -z ${JUJU_CONTEXT_ID-} || -z $address ]]; then
    echo "ERROR JUJU_CONTEXT_ID not set" >&2
    exit 1
fi

# Standard input belongs to the caller (a `while read` loop, say): it is read only where it is asked for.
stdin=
case $tool in
relation-set | state-set)
    previous=
    for argument in "$@"; do
        [[ $argument == -- ]] && break
        [[ $argument == --file=- || ($argument == - && $previous == --file) ]] && stdin=yes
        previous=$argument
    done
    ;;
esac

request="ISTHMUS1 $JUJU_CONTEXT_ID ${JUJU_AGENT_TOKEN-} $tool $#"$'\n'"${#PWD}"$'\n'"$PWD"
for argument in "$@"; do
    request+="${#argument}"$'\n'"$argument"
done

if ! exec 3<>"/dev/tcp/${address%:*}/${address##*:}"; then
    echo "ERROR the agent of this machine does not answer" >&2
    exit 1
fi 2>/dev/null

if [[ $stdin ]]; then
    # Its length comes first, and a shell variable would lose binary.
    file=$(mktemp) || exit 1
    trap 'rm -f "$file"' EXIT
    cat >"$file"
    {
        printf '%s%d\n' "$request" "$(stat -c %s "$file")"
        cat "$file"
    } >&3
else
    printf '%s-1\n' "$request" >&3
fi

if ! read -r -u 3 code out err; then
    echo "ERROR the agent of this machine went away" >&2
    exit 1
fi

emit() {
    if (($1 > 65536)); then
        head -c "$1" <&3
    elif (($1 > 0)); then
        IFS= read -r -N "$1" -u 3 text
        printf '%s' "$text"
    fi
}
emit "$out"
emit "$err" >&2
exit "$code"
