# Readiness of a kubo peer: it answers, its blocks are below StorageMax, and its volume has room.
set -eu
stat=$(ipfs repo stat --size-only)
used=$(printf '%s\n' "$stat" | sed -n 's/^RepoSize: *//p')
most=$(printf '%s\n' "$stat" | sed -n 's/^StorageMax: *//p')
free_kib=$(df -Pk "$IPFS_PATH" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\) .*/\1/p')
# What is no number compares as false, which would be ready.
for number in "$used" "$most" "$free_kib"; do
  case $number in
    '' | *[!0-9]* | ??????????????????*)
      echo "unknown: what ipfs or df says of the room is no number"
      exit 1
      ;;
  esac
done
if [ "$used" -ge "$most" ]; then
  echo "full: the blocks have $used bytes, $most are what this volume is for; enlarge the volume of every IPFS peer"
  exit 1
fi
# 64 MiB are sixteen packs of storage: a peer that is given one can still write it.
if [ "$free_kib" -lt 65536 ]; then
  echo "full: $free_kib KiB are free on the volume; enlarge the volume of every IPFS peer"
  exit 1
fi
