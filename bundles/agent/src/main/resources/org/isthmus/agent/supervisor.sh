#!/bin/bash
# Keeps the agent of one machine up: supervisor.sh MACHINE_FOLDER. Outlives the container that started it. Ends when the machine is
# dead (the agent exits with 0) or when the file agent/stop is there.
machine=${1:?machine folder}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lib=$here
[[ -d $here/lib ]] && lib=$here/lib
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options=$here/agent.jvmopts
[[ -f $options ]] || options=$lib/agent.jvmopts

jvm=()
if [[ -f $options ]]; then
    while read -r option; do
        [[ $option && $option != \#* ]] && jvm+=("$option")
    done <"$options"
fi

child=
finish() {
    [[ $child ]] && kill "$child" 2>/dev/null && wait "$child"
    exit 0
}
trap finish TERM INT HUP

mkdir -p "$machine/log"
pause=1
while [[ ! -e $machine/agent/stop ]]; do
    # One old log is kept; the agent's own lines are in the model's log too.
    log=$machine/log/agent.log
    [[ -f $log && $(stat -c %s "$log") -gt 10485760 ]] && mv "$log" "$log.1"
    started=$SECONDS
    "$java" "${jvm[@]}" -cp "$lib/*" org.isthmus.agent.AgentMain "$machine/agent" >>"$log" 2>&1 </dev/null &
    child=$!
    wait "$child"
    code=$?
    child=
    [[ $code == 0 ]] && exit 0
    # An agent that ran for a minute was well: it comes back at once.
    ((SECONDS - started > 60)) && pause=1
    echo "$(date -u +%FT%TZ) the agent ended with $code; again in $pause s"
    sleep "$pause" &
    child=$!
    wait "$child"
    child=
    pause=$((pause < 30 ? pause * 2 : 60))
done
