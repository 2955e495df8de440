#!/bin/sh
# `make install`: the portal as a service. The old code is exchanged for the new at the end, settings and data are kept.
#
# Why not a .deb: what is installed is pinned and hashed for the Python of the machine it stands on, and the office's own
# site and services are part of it; a package would hold another office's, for one release of Debian.
set -eu
umask 022
: "${PREFIX:=/usr/local}" "${DESTDIR:=}" "${BIN:=.venv/bin}" "${PIP:=$BIN/pip}"
if [ -z "${ADDRESS:-}" ]; then
    echo "ADDRESS= belum diisi. Contoh: sudo make install ADDRESS=https://tte.example.go.id" >&2
    exit 2
fi
if [ -z "$DESTDIR" ] && systemctl is-active --quiet portal portal-work; then
    # It loads some of its code only when it is wanted.
    echo "Portal sedang berjalan. Buat salinan cadangan, lalu: sudo systemctl stop portal portal-work" >&2
    exit 2
fi
from=infra/install
lib=$PREFIX/lib/portal
doc=$PREFIX/share/doc/portal
# The interpreter by its full version: packages are compiled for it, and another one would fail in stranger words.
python=$("$BIN/python" -c 'import os, sys; print(os.path.realpath(sys._base_executable))')
case "$DESTDIR$python" in
/root/* | /home/*)
    echo "Python di $python tidak terbaca oleh layanan. Pakai Python sistem: rm -rf .venv; make install PYTHON=/usr/bin/python3" >&2
    exit 2
    ;;
esac

fresh=$DESTDIR$lib.new
rm -rf "$fresh"
mkdir -p "$fresh/build"
cp -R functions schemas "$fresh"
cp -R build/site "$fresh/build/site"
find "$fresh" -name __pycache__ -prune -exec rm -rf {} +
"$PIP" install --quiet --require-hashes --no-compile --target "$fresh/packages" -r functions/requirements.txt
"$BIN/python" -m compileall -q -s "$DESTDIR" "$fresh" >&2 || true # some packages carry files for other Pythons
chmod -R a+rX "$fresh"
rm -rf "$DESTDIR$lib.old"
if [ -d "$DESTDIR$lib" ]; then mv "$DESTDIR$lib" "$DESTDIR$lib.old"; fi
mv "$fresh" "$DESTDIR$lib"
rm -rf "$DESTDIR$lib.old"

# Each file, where it goes, and what may be done with it; the paths of this installation are put in.
put() {
    mkdir -p "$(dirname "$DESTDIR$3")"
    sed -e "s#@LIB@#$lib#g" -e "s#@DOC@#$doc#g" -e "s#@PYTHON@#$python#g" -e "s#@ADDRESS@#$ADDRESS#g" "$from/$2" > "$DESTDIR$3"
    chmod "$1" "$DESTDIR$3"
}
put 755 portal "$PREFIX/bin/portal"
put 644 portal.service "$PREFIX/lib/systemd/system/portal.service"
put 644 portal-work.service "$PREFIX/lib/systemd/system/portal-work.service"
put 644 portal-backup.service "$PREFIX/lib/systemd/system/portal-backup.service"
put 644 portal-backup.timer "$PREFIX/lib/systemd/system/portal-backup.timer"
put 644 sysusers.conf "$PREFIX/lib/sysusers.d/portal.conf"
put 644 tmpfiles.conf "$PREFIX/lib/tmpfiles.d/portal.conf"
put 644 Caddyfile "$doc/Caddyfile"
put 644 nginx.conf "$doc/nginx.conf"
put 644 portal.env "$doc/portal.env"
mkdir -p "$DESTDIR$doc" && cp site/developers/production.md "$DESTDIR$doc"
if [ ! -e "$DESTDIR/etc/portal/portal.env" ]; then put 640 portal.env /etc/portal/portal.env; fi

if [ -n "$DESTDIR" ]; then exit 0; fi
systemd-sysusers "$PREFIX/lib/sysusers.d/portal.conf"
systemd-tmpfiles --create "$PREFIX/lib/tmpfiles.d/portal.conf"
systemctl daemon-reload
cat <<SAID
Portal terpasang di $lib. Berikutnya:
  1. Isi /etc/portal/portal.env, lalu tunjuk pejabat: portal official appoint --help
  2. systemctl enable --now portal portal-backup.timer   (sesudah pembaruan: systemctl restart portal)
  3. Pasang Caddy atau nginx dengan contoh di $doc
  4. portal official check
SAID
