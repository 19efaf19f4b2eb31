//! How much memory is free, and how much was held. Weights that cannot fit are refused with a sentence and not by the
//! system's killer.
//!
//! Linux tells it in text files: what the machine has to spare (`/proc/meminfo`), what the process may still take
//! (`/proc/self/limits`, proc(5)), and what its group may (`memory.max` of cgroup v2). Elsewhere nothing is known.

use std::fs::read_to_string;
use std::path::Path;

/// Bytes that this process can still take, as far as the system says.
pub(super) fn free() -> Option<u64> {
    let read = |path: &str| read_to_string(path).unwrap_or_default();
    let (status, group) = (read("/proc/self/status"), read("/proc/self/cgroup"));
    [of_machine(&read("/proc/meminfo")), of_process(&read("/proc/self/limits"), &status), of_group(&group)]
        .into_iter()
        .flatten()
        .min()
}

fn of_machine(meminfo: &str) -> Option<u64> {
    Some(bytes(meminfo, "MemAvailable")? + bytes(meminfo, "SwapFree").unwrap_or(0))
}

/// What is left of the address space where it is limited (`ulimit -v`).
fn of_process(limits: &str, status: &str) -> Option<u64> {
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    let limit: u64 = limit.split_whitespace().next()?.parse().ok()?;
    Some(limit.saturating_sub(bytes(status, "VmSize")?))
}

/// What is left to the group, and to those that it is part of. Pages of files are given back when memory is short, so they
/// do not count.
fn of_group(membership: &str) -> Option<u64> {
    let group = membership.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let groups = Path::new("/sys/fs/cgroup").join(group);
    let left = |group: &Path| {
        let limit: u64 = read_to_string(group.join("memory.max")).ok()?.trim().parse().ok()?;
        let stat = read_to_string(group.join("memory.stat")).ok()?;
        let held = stat.lines().find_map(|line| line.strip_prefix("anon "))?.parse().ok()?;
        Some(limit.saturating_sub(held))
    };
    groups.ancestors().filter_map(left).min()
}

/// The most memory that this process has held at once, in bytes (`VmHWM`).
pub fn peak_resident_bytes() -> Option<u64> {
    bytes(&read_to_string("/proc/self/status").ok()?, "VmHWM")
}

/// What a line `key:  1234 kB` says.
fn bytes(text: &str, key: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    value.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read() {
        let status = "Name:\tstislo\nVmPeak:\t  999 kB\nVmHWM:\t  1234 kB\n";
        assert_eq!(bytes(status, "VmHWM"), Some(1234 * 1024));
        assert_eq!(bytes("VmHWM: many\n", "VmHWM"), None);
        assert_eq!(bytes("", "VmHWM"), None);
    }

    #[test]
    fn what_is_free_is_read() {
        let meminfo = "MemTotal:  8000 kB\nMemFree:  100 kB\nMemAvailable:  3000 kB\nSwapFree:  500 kB\n";
        assert_eq!(of_machine(meminfo), Some(3500 * 1024));
        assert_eq!(of_machine("MemTotal:  8000 kB\n"), None);
        let limits = |soft| {
            format!("Limit  Soft Limit  Hard Limit  Units\nMax address space         {soft}  unlimited  bytes\n")
        };
        let status = "Name:\tstislo\nVmSize:\t  1000 kB\n";
        assert_eq!(of_process(&limits("5000000"), status), Some(5_000_000 - 1_024_000));
        assert_eq!(of_process(&limits("1000"), status), Some(0));
        assert_eq!(of_process(&limits("unlimited"), status), None);
        assert_eq!(of_group("1:cpu:/\n"), None);
    }
}
