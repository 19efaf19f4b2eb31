//! Says which sources the program is made of: one number over all that decides what it answers.
//!
//! Kept answers are found by it, so that a program with other rules does not give what an earlier one wrote, and the same
//! program does, wherever and whenever it was built or copied. A time of its file would say neither.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folders whose files decide answers.
const FOLDERS: [&str; 5] = ["src", "crates/language/src", "crates/language/data", "prompts", "models"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    for folder in FOLDERS {
        println!("cargo:rerun-if-changed={folder}");
        collect(&root.join(folder), &mut files);
    }
    // What it is built on decides, too.
    println!("cargo:rerun-if-changed=Cargo.lock");
    files.push(root.join("Cargo.lock"));
    files.sort();
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    for file in files {
        hash.add(file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().as_bytes());
        hash.add(&fs::read(&file).unwrap_or_default());
    }
    println!("cargo:rustc-env=STISLO_SOURCES={:016x}", hash.0);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// Fowler, Noll and Vo's hash (FNV-1a, 64 bits): the same with every compiler.
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes.iter().chain(&(bytes.len() as u64).to_le_bytes()) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
