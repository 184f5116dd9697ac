//! `.npy` files from outside.
//!
//! A header may say anything: sizes whose product overflows or is far beyond the file, brackets a thousand deep. So it is read
//! here, by a parser without recursion for what NumPy writes of arrays of numbers, and held against the file's length, before
//! anything is allocated for what it says.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};
use std::path::Path;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The longest header that is read. NumPy itself refuses more than 10,000 bytes.
const LONGEST: usize = 1 << 16;

/// What a file says of its array, and keeps.
#[derive(Debug, PartialEq)]
pub struct Header {
    /// NumPy's code of the element type, as `<f8`.
    pub descr: String,
    pub shape: Vec<usize>,
    /// Bytes of an element.
    pub width: usize,
}

impl Header {
    /// Number of elements. The file has them all, so it is no more than an array may have.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What the file says, and a reader that stands at its beginning and ends with it.
pub fn open(path: &Path) -> Result<(Header, Take<BufReader<File>>), String> {
    // A pipe or a device would be waited for, or never end.
    let metadata = std::fs::metadata(path).map_err(|e| e.to_string())?;
    if !metadata.is_file() {
        return Err("not a regular file".to_owned());
    }
    let file = File::open(path).map_err(|e| e.to_string())?;
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    let mut reader = BufReader::new(file);
    let (header, begin) = read(&mut reader)?;
    let needed = bytes(&header)?;
    let found = length.saturating_sub(begin);
    if found != needed {
        return Err(format!(
            "an array of shape {:?} and type {} takes {needed} bytes, the file has {found} after its header",
            header.shape, header.descr
        ));
    }
    reader.seek(SeekFrom::Start(0)).map_err(|e| e.to_string())?;
    Ok((header, reader.take(length)))
}

/// The header, and at which byte the elements begin.
fn read(reader: &mut impl Read) -> Result<(Header, u64), String> {
    let mut take = |bytes: &mut [u8]| {
        reader
            .read_exact(bytes)
            .map_err(|e| format!("the header cannot be read: {e}"))
    };
    let mut start = [0; 8];
    take(&mut start)?;
    if start[..6] != *MAGIC {
        return Err("not a .npy file".to_owned());
    }
    let (length, begin) = match (start[6], start[7]) {
        (1, 0) => {
            let mut length = [0; 2];
            take(&mut length)?;
            (usize::from(u16::from_le_bytes(length)), 10)
        }
        (2 | 3, 0) => {
            let mut length = [0; 4];
            take(&mut length)?;
            (u32::from_le_bytes(length) as usize, 12)
        }
        (major, minor) => return Err(format!("version {major}.{minor} of .npy is not known")),
    };
    if length > LONGEST {
        return Err(format!("a header of {length} bytes, more than {LONGEST}"));
    }
    let mut text = vec![0; length];
    take(&mut text)?;
    let text = std::str::from_utf8(&text).map_err(|e| format!("the header: {e}"))?;
    let text = text
        .strip_suffix('\n')
        .ok_or("the header does not end with a new line")?;
    Ok((parse(text)?, begin + length as u64))
}

/// Bytes of the elements. Sizes of which one is 0 must not overflow either: NumPy makes no such array.
fn bytes(header: &Header) -> Result<u64, String> {
    let sizes = header.shape.iter().filter(|n| **n > 0);
    let most = sizes
        .map(|n| *n as u64)
        .try_fold(header.width as u64, u64::checked_mul)
        .filter(|bytes| isize::try_from(*bytes).is_ok())
        .ok_or_else(|| format!("no array has the shape {:?}", header.shape))?;
    Ok(if header.shape.contains(&0) { 0 } else { most })
}

/// Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
fn parse(text: &str) -> Result<Header, String> {
    let mut text = Text { all: text, at: 0 };
    let (mut descr, mut order, mut shape) = (None, None, None);
    text.expect('{')?;
    while !text.take('}') {
        let key = text.string()?;
        text.expect(':')?;
        let fresh = match key {
            "descr" => descr.replace(text.string()?.to_owned()).is_none(),
            "fortran_order" => order.replace(text.boolean()?).is_none(),
            "shape" => shape.replace(text.sizes()?).is_none(),
            other => return Err(format!("the header has the unknown key {other:?}")),
        };
        if !fresh {
            return Err(format!("the header has the key {key:?} twice"));
        }
        if !text.take(',') {
            text.expect('}')?;
            break;
        }
    }
    text.end()?;
    let missing = |key| format!("the header has no key {key:?}");
    let descr = descr.ok_or_else(|| missing("descr"))?;
    order.ok_or_else(|| missing("fortran_order"))?;
    Ok(Header {
        width: width(&descr).ok_or_else(|| format!("elements of type {descr:?} are not read"))?,
        descr,
        shape: shape.ok_or_else(|| missing("shape"))?,
    })
}

/// Bytes of an element of a type: truth values, integers, floats and complex numbers.
fn width(descr: &str) -> Option<usize> {
    Some(match descr.strip_prefix(['<', '>', '=', '|'])? {
        "b1" | "i1" | "u1" => 1,
        "i2" | "u2" => 2,
        "i4" | "u4" | "f4" => 4,
        "i8" | "u8" | "f8" | "c8" => 8,
        "c16" => 16,
        _ => return None,
    })
}

/// A text of Python that is read from left to right.
struct Text<'a> {
    all: &'a str,
    at: usize,
}

impl<'a> Text<'a> {
    fn rest(&mut self) -> &'a str {
        let rest = &self.all[self.at..];
        let trimmed = rest.trim_start_matches([' ', '\t']);
        self.at = self.all.len() - trimmed.len();
        trimmed
    }
    fn take(&mut self, token: char) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len_utf8();
        }
        found
    }
    fn expected<T>(&self, what: &str) -> Result<T, String> {
        Err(format!(
            "the header is not that of an array of numbers: {what} expected at its character {}",
            self.at
        ))
    }
    fn expect(&mut self, token: char) -> Result<(), String> {
        if self.take(token) {
            Ok(())
        } else {
            self.expected(&format!("'{token}'"))
        }
    }
    fn end(&mut self) -> Result<(), String> {
        if self.rest().is_empty() {
            Ok(())
        } else {
            self.expected("the end")
        }
    }
    /// Characters up to one that does not belong.
    fn word(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let word = &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }
    fn string(&mut self) -> Result<&'a str, String> {
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| ['\'', '"'].contains(c)) else {
            return self.expected("a string");
        };
        let inside = &rest[1..];
        match inside.find(quote) {
            // What an escape means is not looked up: no key and no type has one.
            Some(end) if !inside[..end].contains('\\') => {
                self.at += end + 2;
                Ok(&inside[..end])
            }
            _ => self.expected("a string"),
        }
    }
    fn boolean(&mut self) -> Result<bool, String> {
        match self.word(char::is_alphanumeric) {
            "True" => Ok(true),
            "False" => Ok(false),
            _ => self.expected("True or False before this"),
        }
    }
    fn sizes(&mut self) -> Result<Vec<usize>, String> {
        let mut sizes = Vec::new();
        self.expect('(')?;
        while !self.take(')') {
            let digits = self.word(|c| c.is_ascii_digit());
            let padded = digits.len() > 1 && digits.starts_with('0');
            match digits.parse() {
                Ok(size) if !padded => sizes.push(size),
                _ => return self.expected("a size before this"),
            }
            if !self.take(',') {
                // A number in brackets alone is no tuple.
                if sizes.len() == 1 {
                    return self.expected("','");
                }
                self.expect(')')?;
                break;
            }
        }
        Ok(sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<(String, Vec<usize>), String> {
        parse(text).map(|h| (h.descr, h.shape))
    }

    #[test]
    fn what_numpy_writes_is_read() {
        let header = |shape: &str| {
            parsed(&format!(
                "{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}          "
            ))
            .map(|(_, shape)| shape)
        };
        assert_eq!(header("()"), Ok(vec![]));
        assert_eq!(header("(3,)"), Ok(vec![3]));
        assert_eq!(header("(3, 0, 4)"), Ok(vec![3, 0, 4]));
        assert_eq!(header("( 3 , 4 , )"), Ok(vec![3, 4]));
        for wrong in [
            "(3)",
            "(,)",
            "(3,,)",
            "(-1,)",
            "(03,)",
            "3",
            "[3, 4]",
            "(3.0,)",
            "((3,),)",
            "(3",
            "(18446744073709551616,)",
            "(1_0,)",
            "(٣,)",
        ] {
            assert!(header(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            parsed("{\"shape\":(2,),\"descr\":\"|b1\",\"fortran_order\":True}"),
            Ok(("|b1".to_owned(), vec![2]))
        );
        for wrong in [
            "",
            "{",
            "{}",
            "{'descr': '<f8', 'fortran_order': False}",
            "{'descr': '<f8', 'fortran_order': 0, 'shape': ()}",
            "{'descr': '<f8', 'fortran_order': Falsey, 'shape': ()}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': ()} 1",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), 'shape': ()}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), 'other': ()}",
            "{'descr': '<f8' 'fortran_order': False, 'shape': ()}",
            "{'descr': '\\x3cf8', 'fortran_order': False, 'shape': ()}",
            "{'descr': '<f3', 'fortran_order': False, 'shape': ()}",
            "{'descr': '|O', 'fortran_order': False, 'shape': ()}",
            "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': ()}",
            "{'descr': 'é', 'fortran_order': False, 'shape': ()}",
            "{'descr': '",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_do_not_overflow() {
        let bytes_of = |shape: &[usize]| {
            bytes(&Header {
                descr: "<f8".to_owned(),
                shape: shape.to_vec(),
                width: 8,
            })
        };
        assert_eq!(bytes_of(&[]), Ok(8));
        assert_eq!(bytes_of(&[3, 0]), Ok(0));
        assert_eq!(bytes_of(&[1 << 40, 3]), Ok(3 << 43));
        for wrong in [
            &[usize::MAX, 0][..],
            &[1 << 60],
            &[1 << 32, 1 << 32],
            &[0, 1 << 40, 1 << 40],
        ] {
            assert!(bytes_of(wrong).is_err(), "{wrong:?}");
        }
    }
}
