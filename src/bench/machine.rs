//! What the figures were measured on: the processor, what it can do, and the memory that the process took.
//!
//! Linux says all of it in `/proc`; elsewhere the name and the memory are left out rather than guessed.

use serde::Serialize;

/// The extensions that decide how fast quantised weights are multiplied, by our name and by that of `/proc/cpuinfo`.
const FEATURES: [(&str, &str); 5] =
    [("avx2", "avx2"), ("avx512f", "avx512f"), ("avx512_vnni", "avx512_vnni"), ("amx", "amx_int8"), ("neon", "asimd")];

/// The machine, as far as the arithmetic cares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// The processor's name, where the system tells it.
    pub cpu: Option<String>,
    /// What it offers, of `avx2`, `avx512f`, `avx512_vnni`, `amx` and `neon`; not all of it need be used.
    pub features: Vec<&'static str>,
    /// Threads that the arithmetic was given.
    pub threads: usize,
    /// What multiplied: the kernels `avx512`, `avx2` or `plain` of a processor, or `gpu`.
    pub kernels: &'static str,
}

impl Machine {
    /// This machine.
    pub(super) fn here(threads: usize, kernels: &'static str) -> Self {
        match std::fs::read_to_string("/proc/cpuinfo") {
            Ok(cpuinfo) => Self::read(&cpuinfo, threads, kernels),
            Err(_) => Self { cpu: None, features: detected(), threads, kernels },
        }
    }

    /// The machine that a `/proc/cpuinfo` describes.
    fn read(cpuinfo: &str, threads: usize, kernels: &'static str) -> Self {
        let value = |key: &str| {
            let mut lines = cpuinfo.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim())
        };
        // x86 calls them flags, Arm features.
        let flags: Vec<&str> =
            value("flags").or(value("Features")).unwrap_or_default().split_ascii_whitespace().collect();
        let offered = FEATURES.iter().filter(|(_, flag)| flags.contains(flag));
        Self {
            cpu: value("model name").map(str::to_owned),
            features: offered.map(|(name, _)| *name).collect(),
            threads,
            kernels,
        }
    }
}

/// What the compiler's own detection sees, where there is no `/proc`. It does not know AMX yet.
fn detected() -> Vec<&'static str> {
    let mut found = Vec::new();
    #[cfg(target_arch = "x86_64")]
    for (name, there) in [
        ("avx2", std::is_x86_feature_detected!("avx2")),
        ("avx512f", std::is_x86_feature_detected!("avx512f")),
        ("avx512_vnni", std::is_x86_feature_detected!("avx512vnni")),
    ] {
        found.extend(there.then_some(name));
    }
    #[cfg(target_arch = "aarch64")]
    found.extend(std::arch::is_aarch64_feature_detected!("neon").then_some("neon"));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_read() {
        let intel = "processor\t: 0\nmodel name\t: Some Xeon\nflags\t\t: fpu avx2 avx512f avx512_vnni amx_int8\n\nprocessor\t: 1\n";
        let machine = Machine::read(intel, 2, "avx512");
        assert_eq!((machine.cpu.as_deref(), machine.threads, machine.kernels), (Some("Some Xeon"), 2, "avx512"));
        assert_eq!(machine.features, ["avx2", "avx512f", "avx512_vnni", "amx"]);
        let arm = Machine::read("processor\t: 0\nFeatures\t: fp asimd crc32\n", 4, "plain");
        assert_eq!((arm.cpu, arm.features), (None, vec!["neon"]));
        assert_eq!(
            Machine::read("", 1, "plain"),
            Machine { cpu: None, features: vec![], threads: 1, kernels: "plain" }
        );
    }
}
