//! Takes off what a file may be wrapped in: gzip, and the head of an HTTP answer.
//!
//! Both are known by their first bytes and not by a name. What is unpacked has the same limit as what is handed in, so a
//! small file cannot become a large one. One layer of gzip is taken off; a second one is no text.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use super::charset::label_of;
use super::error::IntakeError;

/// The most bytes that are read of a file, packed or not: a web page saved with its pictures is some megabytes long.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// The longest head of an HTTP answer.
const LONGEST_HEAD: usize = 64 * 1024;

/// The bytes of the text itself, and the charset that an HTTP head names.
type Unpacked = (Vec<u8>, Option<String>);

/// Takes gzip and an HTTP head off.
///
/// Of what is packed, at most `limit` bytes and one are unpacked, and no more than a file may have.
pub(super) fn unpack(bytes: Vec<u8>, name: &str, limit: usize) -> Result<Unpacked, IntakeError> {
    let (bytes, charset) = without_http_head(gunzip(bytes, name, limit)?);
    // `curl -i` of a packed page has its head outside.
    Ok((gunzip(bytes, name, limit)?, charset))
}

fn gunzip(bytes: Vec<u8>, name: &str, limit: usize) -> Result<Vec<u8>, IntakeError> {
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    let limit = limit.min(MAX_FILE_BYTES) as u64 + 1;
    let broken = |error: std::io::Error| IntakeError::BadArchive { name: name.to_owned(), reason: error.to_string() };
    MultiGzDecoder::new(bytes.as_slice()).take(limit).read_to_end(&mut out).map_err(broken)?;
    Ok(out)
}

/// `curl -i` puts the head of the answer before the page.
fn without_http_head(bytes: Vec<u8>) -> Unpacked {
    if !bytes.starts_with(b"HTTP/") {
        return (bytes, None);
    }
    let window = &bytes[..bytes.len().min(LONGEST_HEAD)];
    let end = |mark: &[u8]| window.windows(mark.len()).position(|part| part == mark).map(|at| at + mark.len());
    let Some(end) = end(b"\r\n\r\n").or_else(|| end(b"\n\n")) else { return (bytes, None) };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type:"));
    let charset = kind.and_then(|kind| kind.split_once("charset="));
    let charset = charset.map(|(_, label)| label_of(label.trim_start_matches(['"', '\''])));
    (bytes[end..].to_vec(), charset)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn wrappings_are_taken_off() {
        let page = b"<p>one".to_vec();
        assert_eq!(unpack(page.clone(), "a", usize::MAX), Ok((page.clone(), None)));
        assert_eq!(unpack(packed(&page), "a", usize::MAX).unwrap().0, page);
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\"Windows-1251\"\r\n\r\n".to_vec();
        answer.extend(packed(&page));
        assert_eq!(unpack(answer, "a", usize::MAX), Ok((page, Some("windows-1251".into()))));
    }

    #[test]
    fn a_bomb_is_not_unpacked_whole() {
        let bomb = packed(&vec![b' '; 4 * MAX_FILE_BYTES]);
        assert!(bomb.len() < MAX_FILE_BYTES / 4);
        assert_eq!(unpack(bomb.clone(), "a", usize::MAX).unwrap().0.len(), MAX_FILE_BYTES + 1);
        assert_eq!(unpack(bomb, "a", 1000).unwrap().0.len(), 1001, "and no more than may be given");
    }

    #[test]
    fn a_broken_archive_is_named() {
        let mut cut = packed(b"some text that is long enough to be packed");
        cut.truncate(cut.len() - 10);
        assert!(matches!(unpack(cut, "a.gz", usize::MAX), Err(IntakeError::BadArchive { name, .. }) if name == "a.gz"));
    }
}
