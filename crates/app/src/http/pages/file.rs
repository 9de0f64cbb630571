//! Files of the front end's folder.

use std::path::{Component, Path, PathBuf};

use actix_files::NamedFile;
use actix_web::http::header::ContentEncoding;

/// How a build may have compressed its files beside them, best first.
const PACKED: [(ContentEncoding, &str); 2] = [(ContentEncoding::Brotli, "br"), (ContentEncoding::Gzip, "gz")];

/// Opens a file of the folder, in the first of those codings in which there is one. `None` where there is no such file,
/// or where it is not in the folder after all: a link may lead outside, or to what is hidden.
///
/// The folder is looked up each time, so that a deployment may exchange it under its name.
pub fn open(root: &Path, file: &Path, codings: &[ContentEncoding]) -> Option<NamedFile> {
    let root = root.canonicalize().ok()?;
    let plain = inside(&root, file)?;
    let packed = PACKED.iter().filter(|(coding, _)| codings.contains(coding)).find_map(|(coding, ending)| {
        let mut name = file.as_os_str().to_owned();
        name.push(".");
        name.push(ending);
        Some((inside(&root, Path::new(&name))?, *coding))
    });
    let opened = NamedFile::open(&plain).ok()?.disable_content_disposition();
    let Some((packed, coding)) = packed else { return Some(opened) };
    // What it is follows from the plain name, and what it is like from the packed file.
    let kind = opened.content_type().clone();
    let packed = NamedFile::open(packed).ok()?.disable_content_disposition();
    Some(packed.set_content_type(kind).set_content_encoding(coding))
}

fn inside(root: &Path, file: &Path) -> Option<PathBuf> {
    let file = root.join(file).canonicalize().ok()?;
    let within = file.strip_prefix(root).ok()?;
    let hidden = |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
    (!within.components().any(hidden) && file.is_file()).then_some(file)
}
