#!/usr/bin/env bash
# The library under sanitizers: the reading tests, many threads, and seeded fuzzing.
#   fuzz/ci.sh [SECONDS] [PYTHON]    SECONDS for each target, 30 if not given
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-30}
python=${2:-.venv/bin/python}
sources=tb_diagnose/read/native
compiler=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra "-I$sources")
checks=(-fsanitize=address,undefined -fno-sanitize-recover=all)

"$python" fuzz/corpus.py "$work/corpus"
for target in scan histogram; do
    $compiler "${flags[@]}" "${checks[@]}" -o "$work/$target" \
        "fuzz/$target.c" fuzz/driver.c "$sources"/*.c -lm
    echo "$target under AddressSanitizer and UBSan:"
    "$work/$target" "$seconds" "${SEED:-1}" "$work/corpus/$target"/*
done

echo "eight threads under ThreadSanitizer:"
$compiler "${flags[@]}" -fsanitize=thread -o "$work/threads" \
    fuzz/scan.c fuzz/threads.c "$sources"/*.c -lm -lpthread
"$work/threads" "$work/corpus/scan"/*

# The same tests as ever, with a library that has the sanitizers in it.
digest=$("$python" -c \
    "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())" \
    "$sources/reader.h")
$compiler "${flags[@]}" "${checks[@]}" "-DHEADER_DIGEST=\"$digest\"" -fPIC -shared \
    -fvisibility=hidden -o "$work/native.so" "$sources"/*.c -lm
preload="$($compiler -print-file-name=libasan.so) $($compiler -print-file-name=libubsan.so)"
echo "the reading tests under AddressSanitizer and UBSan:"
# Python itself leaks, and knows nothing of the sanitizers.
LD_PRELOAD=$preload ASAN_OPTIONS=detect_leaks=0:detect_odr_violation=0 PYTHONMALLOC=malloc \
    TB_DIAGNOSE_NATIVE=$work/native.so TB_DIAGNOSE_DAMAGES=100 \
    "$python" -m pytest -q tests/read/decode tests/read/native tests/read/columns \
    tests/read/test_damages.py tests/read/test_threads.py tests/read/test_event_file.py -k 'not python'
