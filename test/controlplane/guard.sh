#!/bin/sh
# Ends what a test process leaves behind, however that process ended: its standard input closes when the process is gone.
# Reads lines `started PID` and `ended PID`; at the end of input kills whatever is still there and removes the directory $1.
trap '' INT TERM HUP
living=' '
while read -r what pid; do
  case $what in
    started) living="$living$pid " ;;
    ended) case $living in *" $pid "*) living="${living%%" $pid "*} ${living#*" $pid "}" ;; esac ;;
  esac
done
for pid in $living; do kill -KILL "$pid" 2>/dev/null; done
# What was killed just now may still be writing.
rm -rf -- "$1" 2>/dev/null || { sleep 1; rm -rf -- "$1"; }
