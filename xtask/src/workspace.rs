//! Where things are: the repository, its build folder, the cache of servers.

use std::path::{Path, PathBuf};

use crate::settings;

/// The repository's root: the folder above this package.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The build folder, which git ignores.
pub fn target() -> PathBuf {
    settings::read("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Where fetched servers are kept between runs; a fetch costs seconds, an unpacked MySQL 350 MB.
pub fn servers_cache() -> PathBuf {
    settings::read("EF_SERVERS_DIR").map_or_else(|| target().join("servers"), PathBuf::from)
}
