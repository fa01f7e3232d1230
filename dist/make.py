#!/usr/bin/env python3
"""Builds the archives of a release: `python3 dist/make.py [TARGET...]`.

Without a target: what can be built on Linux x64. Each archive holds the program, completions,
manual pages, README, CHANGELOG, LICENSE and the licences of all that it is made of. Beside them come
a list of that (CycloneDX), SHA256SUMS, and a Scoop manifest made from the sums. The same sources and the same tools give the
same bytes, wherever the folder stands: names are sorted, times are the commit's, paths are mapped
away. Python's standard library is all that it needs besides the toolchains; docs/install.md has
where those come from.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MANIFEST = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
VERSION = MANIFEST["version"]

LINUX, WINDOWS, ARM = (
    "x86_64-unknown-linux-musl",
    "x86_64-pc-windows-gnu",
    "aarch64-unknown-linux-musl",
)
# What compiles SQLite's C for a target that is not the machine's own. Rust brings what links for musl;
# musl-gcc would link for musl's loader, which then has no library to load. Debian's cross compiler
# for arm64 has glibc's headers alone; zig has musl's, so it builds that one.
COMPILERS = {LINUX: "musl-gcc", WINDOWS: "x86_64-w64-mingw32-gcc"}
LINKERS = {WINDOWS: "x86_64-w64-mingw32-gcc"}
TOOLS = {
    LINUX: ("musl-gcc", "apt-get install musl-tools"),
    WINDOWS: ("x86_64-w64-mingw32-gcc", "apt-get install gcc-mingw-w64-x86-64"),
    ARM: ("cargo-zigbuild", "pip install cargo-zigbuild"),
}
NO_CYCLONEDX = "cargo-cyclonedx is missing: cargo install --locked cargo-cyclonedx, or --no-sbom"
COMPLETIONS = {"bash": "cdx.bash", "zsh": "_cdx", "fish": "cdx.fish", "powershell": "_cdx.ps1"}
PAPERS = ["README.md", "LICENSE", "CHANGELOG.md"]


def name(target):
    """The name of an archive without its ending, and of the folder in it."""
    return f"cdx-{VERSION}-{target}"


def archive_name(target):
    """The file name of a target's archive."""
    return name(target) + (".zip" if "windows" in target else ".tar.gz")


def program_name(target):
    """The file name of the program."""
    return "cdx.exe" if "windows" in target else "cdx"


def epoch():
    """The time that everything in an archive bears: the last commit's."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    shown = ["git", "log", "-1", "--format=%ct"]
    found = subprocess.run(shown, cwd=ROOT, capture_output=True, text=True, check=False)
    return int(found.stdout or 0)


def environment(target):
    """What the build of a target sees."""
    cargo_home = os.environ.get("CARGO_HOME", str(pathlib.Path.home() / ".cargo"))
    moved = {str(ROOT): "/cdx", cargo_home: "/cargo"}
    flags = [f"--remap-path-prefix={old}={new}" for old, new in moved.items()]
    if target.endswith("-musl"):
        flags.append("-Ctarget-feature=+crt-static")
    if target == WINDOWS:
        flags.append("-Clink-arg=-Wl,--no-insert-timestamp")
    c_flags = " ".join(f"-ffile-prefix-map={old}={new}" for old, new in moved.items())
    own = dict(os.environ, SOURCE_DATE_EPOCH=str(epoch()), RUSTFLAGS=" ".join(flags))
    word = target.replace("-", "_")
    own[f"CFLAGS_{word}"] = c_flags
    if target in COMPILERS:
        own[f"CC_{word}"] = COMPILERS[target]
    if target in LINKERS:
        own[f"CARGO_TARGET_{word.upper()}_LINKER"] = LINKERS[target]
    return own


def missing(target):
    """What a target's build needs and this machine does not have; nothing, or what to do."""
    tool, how = TOOLS.get(target, ("cargo", ""))
    if not shutil.which(tool):
        return f"{tool} is missing: {how}"
    shown = ["rustc", "--print", "target-libdir", "--target", target]
    found = subprocess.run(shown, capture_output=True, text=True, check=False)
    if not pathlib.Path(found.stdout.strip() or "-").is_dir():
        return f"its standard library is missing: rustup target add {target}"
    return None


def build(target, profile):
    """The program of a target."""
    act = "zigbuild" if target == ARM else "build"
    words = ["cargo", act, "--locked", "--bin", "cdx", "--profile", profile]
    subprocess.run(words + ["--target", target], cwd=ROOT, env=environment(target), check=True)
    folder = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    profile = "debug" if profile == "dev" else profile
    return folder / target / profile / program_name(target)


def own_last(programs):
    """The programs of the targets; last, built only when it is asked for, the machine's own."""
    yield from programs
    words = ["cargo", "build", "--locked", "--bin", "cdx"]
    subprocess.run(words, cwd=ROOT, check=True)
    folder = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    yield folder / "debug" / ("cdx.exe" if os.name == "nt" else "cdx")


def pages(programs, folder):
    """Completions and manual pages, by the first program that runs on this machine, else by one that
    is built for it."""
    for program in own_last(programs):
        try:
            subprocess.run([program, "--version"], check=True, capture_output=True)
            break
        except (OSError, subprocess.CalledProcessError):
            continue
    else:
        raise SystemExit("none of the programs runs on this machine, to write its manual pages")
    made = {}
    for shell, file in COMPLETIONS.items():
        shown = subprocess.run([program, "completions", shell], check=True, capture_output=True)
        made[f"completions/{file}"] = shown.stdout
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([program, "man", "--dir", folder], check=True)
    for page in sorted(folder.iterdir()):
        made[f"man/{page.name}"] = page.read_bytes()
    return made


def licenses(target):
    """The licences of the crates in a target's program, as those crates bring them."""
    shown = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    found = subprocess.run(shown, cwd=ROOT, capture_output=True, check=True)
    metadata = json.loads(found.stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    waiting, used = [metadata["resolve"]["root"]], set()
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            own = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if own and dependency["pkg"] not in used:
                used.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    text = "# What cdx is made of, and under which licences\n\n"
    texts = {}
    for package in sorted((packages[one] for one in used), key=lambda one: one["id"]):
        named = f"{package['name']} {package['version']}"
        text += f"- {named}: {package['license']}\n"
        folder = pathlib.Path(package["manifest_path"]).parent
        for file in sorted(folder.iterdir()):
            if file.is_file() and re.match("licen[cs]e|copying|notice|unlicense", file.name, re.I):
                words = file.read_text(encoding="utf-8", errors="replace").strip()
                same = texts.setdefault(" ".join(words.split()), (words, []))
                same[1].append(named)
    for words, of in texts.values():
        text += f"\n## Of {', '.join(dict.fromkeys(of))}\n\n```text\n{words}\n```\n"
    return text.encode()


def bill_of_materials(target):
    """What a target's program is made of, by cargo-cyclonedx."""
    words = ["cargo", "cyclonedx", "--format", "json", "--target", target]
    words += ["--override-filename", "cdx-sbom", "--quiet"]
    subprocess.run(words, cwd=ROOT, env=environment(target), check=True)
    found = sorted(ROOT.glob("*cdx-sbom*.json"))
    # Wherever the clone stands.
    text = found[0].read_bytes()
    for written in (ROOT.as_posix(), str(ROOT), json.dumps(str(ROOT))[1:-1]):
        text = text.replace(written.encode(), b"/cdx")
    for file in found:
        file.unlink()
    return text


def tar_gz(path, files):
    """Packs files, as (name, mode, bytes), the same bytes for the same files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for file, mode, text in files:
            entry = tarfile.TarInfo(file)
            entry.size, entry.mode, entry.mtime = len(text), mode, epoch()
            tar.addfile(entry, io.BytesIO(text))
    with path.open("wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write(raw.getvalue())


def zipped(path, files):
    """The same as a zip, which knows no time before 1980."""
    at = time.gmtime(max(epoch(), 315532800))[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file, mode, text in files:
            entry = zipfile.ZipInfo(file, at)
            entry.create_system, entry.external_attr = 3, (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, text)


def pack(target, program, common, out, sbom):
    """The archive of a target, and what its program is made of beside it."""
    files = {paper: (0o644, (ROOT / paper).read_bytes()) for paper in PAPERS}
    files |= {file: (0o644, text) for file, text in common.items()}
    files["LICENSES.md"] = (0o644, licenses(target))
    files[program_name(target)] = (0o755, program.read_bytes())
    listed = [(f"{name(target)}/{file}", *files[file]) for file in sorted(files)]
    path = out / archive_name(target)
    (zipped if path.suffix == ".zip" else tar_gz)(path, listed)
    if sbom:
        (out / f"{name(target)}.cdx.json").write_bytes(bill_of_materials(target))


def scoop(sums):
    """The manifest by which Scoop installs the archive for Windows."""
    windows = next((file for file in sums if file.endswith(".zip")), None)
    if windows is None:
        return None
    base = f"{MANIFEST['repository']}/releases/download"
    return {
        "version": VERSION,
        "description": MANIFEST["description"],
        "homepage": MANIFEST["repository"],
        "license": MANIFEST["license"],
        "architecture": {
            "64bit": {
                "url": f"{base}/v{VERSION}/{windows}",
                "hash": sums[windows],
                "extract_dir": windows.removesuffix(".zip"),
            }
        },
        "bin": "cdx.exe",
        "checkver": "github",
        "autoupdate": {
            "architecture": {
                "64bit": {
                    "url": f"{base}/v$version/{windows.replace(VERSION, '$version')}",
                    "extract_dir": windows.removesuffix(".zip").replace(VERSION, "$version"),
                }
            },
            "hash": {"url": "$baseurl/SHA256SUMS"},
        },
    }


def finish(out):
    """The sums of every archive in a folder, and what is made from them."""
    own = [path for path in sorted(out.iterdir()) if path.name.startswith(f"cdx-{VERSION}-")]
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in own}
    lines = "".join(f"{total}  {file}\n" for file, total in sums.items())
    (out / "SHA256SUMS").write_text(lines, encoding="utf-8", newline="\n")
    if manifest := scoop(sums):
        text = json.dumps(manifest, indent=4) + "\n"
        (out / "cdx.json").write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(lines)


def notes(tag, path):
    """What the changelog says of this version; a tag of another one is refused."""
    if tag != f"v{VERSION}":
        raise SystemExit(f"the tag is {tag}, expected v{VERSION}, which Cargo.toml has")
    told = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    told = told.split(f"\n## {VERSION}\n")[1].split("\n## ")[0]
    path.write_text(told.strip() + "\n", encoding="utf-8", newline="\n")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "target/dist")
    parser.add_argument("--profile", default="release", help="cargo's profile")
    parser.add_argument("--program", type=pathlib.Path, help="packs this one and builds nothing")
    parser.add_argument("--no-sbom", action="store_true", help="leave out what it is made of")
    parser.add_argument("--sums", action="store_true", help="only sum up what is in --out")
    parser.add_argument("--tag", help="with --sums: the tag of the release, whose notes are written")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.sums:
        if args.tag:
            notes(args.tag, args.out.parent / "notes.md")
        return finish(args.out)
    if args.program and len(args.targets) != 1:
        parser.error("--program is of one TARGET")
    targets = args.targets or [LINUX, WINDOWS, ARM]
    lacking = {} if args.program else {one: why for one in targets if (why := missing(one))}
    for target, why in lacking.items():
        print(f"{target}: {why}", file=sys.stderr)
    if not args.no_sbom and not shutil.which("cargo-cyclonedx"):
        raise SystemExit(NO_CYCLONEDX)
    # What was asked for by name is needed; the arm64 archive comes where it can.
    if any(target in args.targets or target != ARM for target in lacking):
        raise SystemExit(1)
    targets = [target for target in targets if target not in lacking]
    programs = {one: args.program or build(one, args.profile) for one in targets}
    common = pages(programs.values(), args.out / "man")
    shutil.rmtree(args.out / "man", ignore_errors=True)
    for target, program in programs.items():
        pack(target, program, common, args.out, not args.no_sbom)
    return finish(args.out)


if __name__ == "__main__":
    sys.exit(main())
