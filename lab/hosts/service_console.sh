#!/bin/sh
# What telnetd starts instead of login(1): the service console of an infusion pump rack.
printf '\r\nB. Braun SpaceStation service console\r\n\r\nlogin: '; read -r user
stty -echo; printf 'Password: '; read -r secret; stty echo
printf '\r\n\r\nPumps in rack: 6   Alarms: 0\r\nservice> '
while read -r line; do
    [ "$line" = exit ] && exit 0
    printf 'OK\r\nservice> '
done
