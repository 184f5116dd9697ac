//! SVG to PNG.

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Roboto: see `fonts/README.md`. So pictures look the same on machines without fonts.
const FONTS: [&[u8]; 2] = [
    include_bytes!("../../fonts/Roboto-Regular.ttf"),
    include_bytes!("../../fonts/Roboto-Bold.ttf"),
];

/// Pixels for a unit of the picture.
const SCALE: f32 = 2.0;

/// The picture on white.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, String> {
    let mut options = Options {
        font_family: "Roboto".into(),
        ..Options::default()
    };
    let fonts = options.fontdb_mut();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    let tree = Tree::from_str(svg, &options).map_err(|e| format!("the picture: {e}"))?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(SCALE)
        .ok_or("the picture is too large")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("the picture is too large")?;
    pixels.fill(Color::WHITE);
    resvg::render(
        &tree,
        Transform::from_scale(SCALE, SCALE),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().map_err(|e| format!("the picture: {e}"))
}
