//! Small secrets that are made up once and kept in the data folder, readable by their owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The text of the file. Where there is none, `make_up`'s text, which is in the file from then on.
///
/// The file appears whole and is on disk before this returns. Of two processes that start at once, both get the same
/// text: the second finds the first one's file in its way and reads it.
///
/// # Errors
/// What the file system says.
pub fn read_or_create(path: &Path, make_up: impl FnOnce() -> String) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found.map(|text| text.trim().to_owned()),
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let text = make_up();
    write_private(&draft, &text)?;
    // A link, unlike a rename, never replaces what is there already.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => {
            File::open(folder)?.sync_all()?;
            Ok(text)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::read_to_string(path).map(|text| text.trim().to_owned())
        }
        Err(error) => Err(error),
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_made_up_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/one");
        assert_eq!(read_or_create(&path, || "first".to_owned()).unwrap(), "first");
        assert_eq!(read_or_create(&path, || panic!("there is a text already")).unwrap(), "first");
        let left: Vec<_> = fs::read_dir(folder.path().join("keys")).unwrap().collect();
        assert_eq!(left.len(), 1, "no draft is left behind: {left:?}");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        read_or_create(&path, || "text".to_owned()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn whoever_comes_second_takes_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("raced");
        let text = read_or_create(&path, || {
            fs::write(&path, "theirs\n").unwrap();
            "ours".to_owned()
        });
        assert_eq!(text.unwrap(), "theirs");
    }
}
