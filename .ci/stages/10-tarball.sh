#!/usr/bin/env bash
# The packed tarball, installed in an empty folder by the machine's own Node: demo, train, recommend, serve.
set -euo pipefail
. .ci/serving.sh
folder=$WORK/tarball
mkdir -p "$folder"
tarball=$(npm pack --silent --pack-destination "$folder" | tail -1)
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-fund --no-audit "./$tarball"
echo "on Node $(node -v), $(du -sk node_modules | cut -f1) KB installed"
npx --no-install aisle demo --out shop
npx --no-install aisle train --events shop/events.csv.gz --items shop/items.csv --factors 32 --trials 2 --registry models
npx --no-install aisle recommend --user 42 --registry models --json >answer.json
node -e 'const a = JSON.parse(require("fs").readFileSync("answer.json")); if (a.items.length !== 25) throw new Error("25 items expected, not " + a.items.length)'
serve 3971 npx --no-install aisle serve --registry models
wait_for 3971 /health/ready 30
curl -sf "http://127.0.0.1:3971/recommendations?userId=42&numResults=3"
echo
# The storefront is in the tarball too, with the script that its page names.
script=$(curl -sf http://127.0.0.1:3971/product/any | sed -n 's/.*<script type="module"[^>]*src="\([^"]*\)".*/\1/p')
curl -sf -o /dev/null "http://127.0.0.1:3971$script"
stop_serving
# What a shop's own repository gets: the image's build finds its files in the installed package.
npx --no-install aisle init repository >/dev/null
npx --no-install aisle init repository --diff
handler=$(sed -n 's/^!\(node_modules.*\)/\1/p' repository/.dockerignore)
ls $handler
