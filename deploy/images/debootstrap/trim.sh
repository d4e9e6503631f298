#!/bin/sh
# Takes out of a fresh root file system ($1) what only takes space, and what would differ the next time.
set -eu
cd "$1"
find usr/share/doc -mindepth 1 \( -type f -o -type l \) ! -name copyright -delete
find usr/share/doc -mindepth 1 -type d -empty -delete
rm -rf usr/share/info/* usr/share/lintian usr/share/locale/* usr/share/man/* var/cache/apt/* var/lib/apt/lists/* var/cache/ldconfig/* var/cache/debconf/*-old
find var/log run tmp -mindepth 1 -delete
rm -f etc/machine-id var/lib/dbus/machine-id etc/hostname etc/resolv.conf etc/.pwd.lock var/lib/dpkg/*-old
rm -f etc/passwd- etc/group- etc/shadow- etc/gshadow-
# The day on which a password was changed last is the day of the installation.
sed -i -E 's/^([^:]+:[^:]*):[0-9]+:/\1:1:/' etc/shadow
