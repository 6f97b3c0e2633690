#!/usr/bin/env bash
# Coverage-guided fuzzing by libFuzzer, under AddressSanitizer and UBSan; findings stay in FOLDER.
#   fuzz/guided.sh [SECONDS] [FOLDER] [PYTHON]    SECONDS for each target, 900 if not given
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-900}
work=${2:-$(mktemp -d)}
python=${3:-.venv/bin/python}
sources=tb_diagnose/read/native
"$python" fuzz/corpus.py "$work/corpus"
for target in scan histogram; do
    clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        "-I$sources" -o "$work/$target" "fuzz/$target.c" "$sources"/*.c -lm
    "$work/$target" -max_total_time="$seconds" -max_len=20000 \
        -artifact_prefix="$work/$target-" "$work/corpus/$target"
done
