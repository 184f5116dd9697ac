//! Pictures of results.

mod colour;
mod heat_map;
mod raster;

pub use heat_map::{factor, heat_map, measured};

use dace_host::output;
use std::path::Path;

/// Writes a picture as what the file's extension says: `.svg` or `.png`.
pub fn save(svg: &str, path: &Path) -> Result<(), String> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    let content = match extension.to_ascii_lowercase().as_str() {
        "svg" => svg.as_bytes().to_vec(),
        "png" => raster::png(svg)?,
        _ => {
            return Err(format!(
                "{}: the file's name must end in .svg or .png",
                path.display()
            ));
        }
    };
    output::write(path, &content)
}

#[cfg(test)]
mod tests;
