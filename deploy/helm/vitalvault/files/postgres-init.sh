#!/bin/sh
# Makes the databases of the services named as arguments, whole or not at all, and sets their roles' passwords to those in /passwords.
set -eu
bin=/opt/postgres/bin
data=/data/pgdata
export LC_ALL=C

# One statement a line, by the server without a network; a statement that fails ends it. The image's with-user-name names an arbitrary uid.
sql() {
  with-user-name "$bin/postgres" --single -D "$1" -c exit_on_error=on -c log_min_messages=error postgres > /dev/null
}

# A password as a quoted literal.
password() {
  sed "s/'/''/g; s/^/'/; s/\$/'/; q" "/passwords/$1"
}

if [ ! -e "$data/PG_VERSION" ]; then
  rm -rf "$data.new"
  "$bin/initdb" -D "$data.new" -U postgres --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C --no-instructions > /dev/null
  for service in "$@"; do
    printf 'CREATE ROLE vv_%s LOGIN\nCREATE DATABASE vv_%s OWNER vv_%s\nREVOKE ALL ON DATABASE vv_%s FROM PUBLIC\n' "$service" "$service" "$service" "$service"
  done | sql "$data.new"
  mv "$data.new" "$data"
  echo "databases made"
fi

# What a killed server left behind names a pid of another pod.
rm -f "$data/postmaster.pid"
for service in "$@"; do
  printf 'ALTER ROLE vv_%s PASSWORD %s\n' "$service" "$(password "$service")"
done | sql "$data"
echo "passwords set"
