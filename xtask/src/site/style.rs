//! The stylesheet: `style/main.css` with its imports put in, minified, for the browsers of the last two years.

use super::files::Renamed;
use anyhow::{Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};
use std::path::Path;

/// Chrome and Edge 131, Firefox 132, Safari 18.1: autumn 2024.
const BROWSERS: Browsers = Browsers {
    android: Some(131 << 16),
    chrome: Some(131 << 16),
    edge: Some(131 << 16),
    firefox: Some(132 << 16),
    ie: None,
    ios_saf: Some(18 << 16 | 1 << 8),
    opera: Some(116 << 16),
    safari: Some(18 << 16 | 1 << 8),
    samsung: Some(27 << 16),
};

pub fn bundle(main: &Path, fonts: &Renamed) -> Result<String> {
    let provider = FileProvider::new();
    let targets = Targets::from(BROWSERS);
    let mut sheet = Bundler::new(&provider, None, ParserOptions::default())
        .bundle(main)
        .map_err(|error| anyhow!("style: {error}"))?;
    sheet
        .minify(MinifyOptions {
            targets,
            ..MinifyOptions::default()
        })
        .map_err(|error| anyhow!("style: {error}"))?;
    let printer = PrinterOptions {
        minify: true,
        targets,
        ..PrinterOptions::default()
    };
    let mut css = sheet
        .to_css(printer)
        .map_err(|error| anyhow!("style: {error}"))?
        .code;
    for (written, served) in fonts {
        if !css.contains(written.as_str()) {
            bail!("style: no rule uses the font {written}");
        }
        css = css.replace(written, served);
    }
    if css.contains("/fonts/") {
        bail!("style: a rule names a font that is not in public/fonts");
    }
    Ok(css)
}
