//! Server-sent events, as they come in pieces of bytes (WHATWG HTML, "Server-sent events").
//!
//! Only what inference servers use: `data` and, of llama-server, `error`. Bounded: an event has a longest length.

/// Bytes of the longest event: one token with its ranks takes about two thousand.
const LONGEST: usize = 1 << 20;

/// Events under way.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// A line that is not whole yet.
    line: Vec<u8>,
    /// The lines of the event that is not whole yet.
    data: Vec<u8>,
    /// Events that nobody took yet.
    whole: std::collections::VecDeque<Vec<u8>>,
}

impl Events {
    /// Takes bytes. False when an event is longer than any may be.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        let mut lines = bytes.split(|&byte| byte == b'\n');
        self.line.extend_from_slice(lines.next().unwrap_or_default());
        for next in lines {
            self.end_line();
            self.line.extend_from_slice(next);
        }
        self.line.len() + self.data.len() <= LONGEST
    }

    /// The next event's data.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        self.whole.pop_front()
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if line.is_empty() {
            if !self.data.is_empty() {
                self.whole.push_back(std::mem::take(&mut self.data));
            }
            return;
        }
        let (value, is_error) = match (line.strip_prefix(b"data:"), line.strip_prefix(b"error:")) {
            (Some(value), _) => (value, false),
            (None, Some(value)) => (value, true),
            (None, None) => return,
        };
        if !self.data.is_empty() {
            self.data.push(b'\n');
        }
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match is_error {
            true => self.data.extend([b"{\"error\":", value, b"}"].concat()),
            false => self.data.extend_from_slice(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_they_are_cut() {
        let stream = "data: {\"a\":1}\r\n\r\n: a comment\n\nid: 7\ndata:один\ndata: два\n\nerror: {}\n\ndata: [DONE]\n\ndata: cut off";
        let want = ["{\"a\":1}", "один\nдва", "{\"error\":{}}", "[DONE]"];
        for size in 1..20 {
            let mut events = Events::default();
            assert!(stream.as_bytes().chunks(size).all(|piece| events.push(piece)));
            let found: Vec<String> =
                std::iter::from_fn(|| events.next()).map(|it| String::from_utf8(it).unwrap()).collect();
            assert_eq!(found, want, "in pieces of {size}");
        }
    }

    #[test]
    fn an_event_without_an_end_is_refused() {
        let mut events = Events::default();
        assert!(events.push(&vec![b'x'; LONGEST]) && !events.push(b"x"));
    }
}
