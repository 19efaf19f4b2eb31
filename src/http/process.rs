//! What the system says of this process, under the names that every exporter for Prometheus gives it.
//!
//! Read from `/proc` when it is asked for, so only on Linux; elsewhere there is nothing to say, and nothing is said.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Ticks a second in `/proc`: what the kernel shows to programs, on every architecture.
const TICKS: f64 = 100.0;

/// Asks the system each time.
#[derive(Debug)]
pub(super) struct Process;

/// What is known now.
#[derive(Debug, Default, PartialEq)]
struct Now {
    cpu_seconds: Option<f64>,
    start_seconds: Option<f64>,
    resident_bytes: Option<f64>,
    virtual_bytes: Option<f64>,
    threads: Option<f64>,
    open_fds: Option<f64>,
    max_fds: Option<f64>,
}

impl Now {
    fn read() -> Self {
        let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let mut now = Self::parse(
            &text("/proc/self/stat"),
            &text("/proc/self/status"),
            &text("/proc/self/limits"),
            &text("/proc/stat"),
        );
        // The folder itself is open while it is counted.
        now.open_fds = std::fs::read_dir("/proc/self/fd").ok().map(|open| open.count().saturating_sub(1) as f64);
        now
    }

    fn parse(stat: &str, status: &str, limits: &str, machine: &str) -> Self {
        // The name of the program stands in brackets and may have anything in it. Behind it, fields are counted from 3.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let field = |number: usize| fields.get(number.checked_sub(3)?)?.parse::<f64>().ok();
        let line = |text: &str, name: &str, at: usize| -> Option<f64> {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().nth(at)?.parse().ok()
        };
        let kibibytes = |name| line(status, name, 0).map(|size| size * 1024.0);
        Self {
            cpu_seconds: field(14).zip(field(15)).map(|(user, system)| (user + system) / TICKS),
            start_seconds: field(22).zip(line(machine, "btime", 0)).map(|(ticks, boot)| boot + ticks / TICKS),
            resident_bytes: kibibytes("VmRSS:"),
            virtual_bytes: kibibytes("VmSize:"),
            threads: line(status, "Threads:", 0),
            open_fds: None,
            max_fds: line(limits, "Max open files", 0),
        }
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let now = Now::read();
        if let Some(seconds) = now.cpu_seconds {
            let help = "Seconds of all cores that the process used";
            let metric = encoder.encode_descriptor("process_cpu_seconds", help, None, MetricType::Counter)?;
            ConstCounter::new(seconds).encode(metric)?;
        }
        for (name, help, value) in [
            ("process_start_time_seconds", "When the process began, since 1970", now.start_seconds),
            ("process_resident_memory_bytes", "Memory that the process holds", now.resident_bytes),
            (
                "process_virtual_memory_bytes",
                "Addresses that the process has, mapped files included",
                now.virtual_bytes,
            ),
            ("process_threads", "Threads of the process", now.threads),
            ("process_open_fds", "Files and sockets that are open", now.open_fds),
            ("process_max_fds", "Files and sockets that may be open", now.max_fds),
        ] {
            if let Some(value) = value {
                let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
                ConstGauge::new(value).encode(metric)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_files_are_read() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 9 0 0 0 250 50 0 0 20 0 6 0 12345 99 88";
        let status = "Name:\ta\nVmSize:\t   2048 kB\nVmRSS:\t    1024 kB\nThreads:\t6\n";
        let limits = "Limit      Soft Limit  Hard Limit  Units\nMax open files            1024                 4096      files\n";
        let now = Now::parse(stat, status, limits, "cpu 1 2\nbtime 1700000000\n");
        let want = Now {
            cpu_seconds: Some(3.0),
            start_seconds: Some(1_700_000_123.45),
            resident_bytes: Some(1_048_576.0),
            virtual_bytes: Some(2_097_152.0),
            threads: Some(6.0),
            open_fds: None,
            max_fds: Some(1024.0),
        };
        assert_eq!(now, want);
        assert_eq!(Now::parse("", "", "", ""), Now::default(), "another system");
    }
}
