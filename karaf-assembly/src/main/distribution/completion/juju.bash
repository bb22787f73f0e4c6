# Completion of `juju` in bash: `source` this file. The container answers, so that models, applications and offers are known.

_juju() {
    local line=${COMP_LINE:0:COMP_POINT} words last cut
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    mapfile -t COMPREPLY < <(juju __complete "${words[@]:1}" 2>/dev/null </dev/null)
    last=${words[-1]}
    # Bash breaks words at these: what stands before the last of them is on the line already.
    if [[ $last == *[:=]* ]]; then
        cut=${last%"${last##*[:=]}"}
        COMPREPLY=("${COMPREPLY[@]#"$cut"}")
    fi
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:=] ]] && compopt -o nospace
    return 0
}

complete -o default -F _juju juju
