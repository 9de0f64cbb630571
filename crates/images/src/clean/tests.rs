use image::{ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

/// Left half red, right half blue.
fn two_halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) })
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

async fn clean(upload: Vec<u8>) -> Result<CleanImage, CleanImageFailure> {
    ReencodingCleaner::new(CleaningLimits::default()).clean(upload).await
}

fn shown(image: &CleanImage) -> DynamicImage {
    let format = if image.kind == ImageKind::Png { ImageFormat::Png } else { ImageFormat::Jpeg };
    image::load_from_memory_with_format(&image.bytes, format).unwrap()
}

fn is_red(picture: &DynamicImage, x: u32, y: u32) -> bool {
    let pixel = picture.to_rgb8().get_pixel(x, y).0;
    pixel[0] > 150 && pixel[2] < 100
}

/// A JPEG with an EXIF note that says how to turn it, and where it was taken.
fn turned(picture: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    // TIFF, big endian, one entry: 0x0112, a short, once; and then what nobody shall read.
    let mut note = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    note.extend([orientation, 0, 0, 0, 0, 0, 0]);
    note.extend(b"37.5665N 126.9780E");
    encoder.set_exif_metadata(note).unwrap();
    encoder.encode_image(picture).unwrap();
    bytes
}

/// A PNG that claims to be that large and holds next to nothing.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let body = [kind.as_slice(), data].concat();
        file.extend(&body);
        file.extend(crc32(&body).to_be_bytes());
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes()[..], &[8, 6, 0, 0, 0]].concat();
    chunk(b"IHDR", &header);
    chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0, 0, 0, 1, 0, 1]);
    chunk(b"IEND", &[]);
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[tokio::test]
async fn every_format_becomes_a_photograph_that_shows_the_same() {
    let picture = DynamicImage::ImageRgb8(two_halves(40, 20));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let upload = if format == ImageFormat::Gif {
            file(&DynamicImage::ImageRgba8(picture.to_rgba8()), format)
        } else {
            file(&picture, format)
        };
        let made = clean(upload).await.unwrap();
        assert_eq!(made.kind, ImageKind::Jpeg, "{format:?}");
        let shown = shown(&made);
        assert_eq!((shown.width(), shown.height()), (40, 20), "{format:?}");
        assert!(is_red(&shown, 5, 10) && !is_red(&shown, 35, 10), "{format:?}");
    }
}

#[tokio::test]
async fn what_shows_through_stays_so() {
    let mut picture = RgbaImage::from_pixel(30, 30, Rgba([200, 30, 30, 255]));
    let opaque = clean(file(&DynamicImage::ImageRgba8(picture.clone()), ImageFormat::Png)).await.unwrap();
    assert_eq!(opaque.kind, ImageKind::Jpeg, "an alpha channel that hides nothing");
    picture.put_pixel(3, 4, Rgba([0, 0, 0, 0]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let made = clean(file(&DynamicImage::ImageRgba8(picture.clone()), format)).await.unwrap();
        assert_eq!(made.kind, ImageKind::Png);
        assert_eq!(shown(&made).to_rgba8().get_pixel(3, 4).0[3], 0);
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused_whatever_it_is_called() {
    for upload in [
        &b""[..],
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"BM\x3a\0\0\0\0\0\0\0",
        b"II*\0\x08\0\0\0",
        b"MZ\x90\0",
        b"\0\0\0\x20ftypheic",
        b"\0\0\x01\0\x01\0\x10\x10",
    ] {
        assert!(matches!(clean(upload.to_vec()).await, Err(CleanImageFailure::UnknownFormat)), "{upload:?}");
    }
}

#[tokio::test]
async fn what_only_begins_like_a_picture_is_broken() {
    let whole = file(&DynamicImage::ImageRgb8(two_halves(64, 64)), ImageFormat::Png);
    for upload in [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        b"\xff\xd8\xff\xe0 and so on".to_vec(),
        b"GIF89a<script>alert(1)</script>".to_vec(),
        b"RIFF\x24\0\0\0WEBPVP8 ".to_vec(),
        whole[..whole.len() / 2].to_vec(),
    ] {
        let outcome = clean(upload.clone()).await;
        assert!(
            matches!(outcome, Err(CleanImageFailure::Broken | CleanImageFailure::TooManyPixels)),
            "{outcome:?} of {upload:?}"
        );
    }
}

#[tokio::test]
async fn a_picture_hides_nothing_of_its_upload() {
    let script = b"<script>alert(1)</script>";
    for (picture, orientation) in [(two_halves(40, 20), 1), (two_halves(20, 40), 6)] {
        let upload = [&turned(&picture, orientation)[..], script].concat();
        let holds = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
        assert!(holds(&upload, b"126.9780E") && holds(&upload, script) && holds(&upload, b"Exif"));
        let made = clean(upload).await.unwrap();
        for hidden in [&b"126.9780E"[..], script, b"Exif"] {
            assert!(!holds(&made.bytes, hidden));
        }
    }
}

#[tokio::test]
async fn a_picture_stands_upright() {
    let lying = two_halves(40, 20);
    // Turned by a quarter to the right, the left half is on top.
    let made = shown(&clean(turned(&lying, 6)).await.unwrap());
    assert_eq!((made.width(), made.height()), (20, 40));
    assert!(is_red(&made, 10, 5) && !is_red(&made, 10, 35));
    // Upside down, it is on the right.
    let made = shown(&clean(turned(&lying, 3)).await.unwrap());
    assert!(!is_red(&made, 5, 10) && is_red(&made, 35, 10));
}

#[tokio::test]
async fn no_kept_edge_is_longer_than_two_thousand_pixels() {
    let made = clean(file(&DynamicImage::ImageRgb8(two_halves(4_000, 1_000)), ImageFormat::Jpeg)).await.unwrap();
    let shown = shown(&made);
    assert_eq!((shown.width(), shown.height()), (2_000, 500));
}

#[tokio::test]
async fn a_picture_that_would_fill_the_machine_is_refused_by_its_size_alone() {
    for (width, height) in [(50_000, 50_000), (8_001, 1), (1, 8_001), (5_001, 5_000), (u32::MAX >> 1, u32::MAX >> 1)] {
        let upload = bomb(width, height);
        assert!(upload.len() < 200);
        let began = std::time::Instant::now();
        let outcome = clean(upload).await;
        let refused = matches!(outcome, Err(CleanImageFailure::TooManyPixels | CleanImageFailure::Broken));
        assert!(refused, "{width} x {height}: {outcome:?}");
        assert!(began.elapsed() < Duration::from_secs(1), "{width} x {height}");
    }
    let outcome = clean(bomb(50_000, 50_000)).await;
    assert!(matches!(outcome, Err(CleanImageFailure::TooManyPixels)), "{outcome:?}");
    // One that could be is looked at, and then found empty.
    assert!(matches!(clean(bomb(1_000, 1_000)).await, Err(CleanImageFailure::Broken)));
}

#[tokio::test]
async fn claims_of_every_format_are_measured() {
    // A GIF and a lossless WebP of more than we decode, with nothing behind their heads.
    let gif = [&b"GIF89a"[..], &[0x60, 0xea, 0x60, 0xea, 0x80, 0, 0], &[0; 6], b"\x2c\0\0\0\0\x60\xea\x60\xea\0\x02"];
    let bits: u32 = (16_383 - 1) | ((16_383 - 1) << 14);
    let webp = [&b"RIFF\x16\0\0\0WEBPVP8L\x05\0\0\0\x2f"[..], &bits.to_le_bytes(), &[0; 5]].concat();
    for upload in [gif.concat(), webp] {
        let outcome = clean(upload.clone()).await;
        assert!(matches!(outcome, Err(CleanImageFailure::TooManyPixels)), "{outcome:?} of {upload:?}");
    }
}

#[tokio::test]
async fn of_an_animation_the_first_frame_is_kept() {
    let mut upload = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut upload);
        for colour in [[220, 20, 20, 255], [20, 20, 220, 255]] {
            encoder.encode_frame(image::Frame::new(RgbaImage::from_pixel(20, 20, Rgba(colour)))).unwrap();
        }
    }
    assert!(is_red(&shown(&clean(upload).await.unwrap()), 10, 10));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_never_comes_ends_the_wait_and_what_is_no_picture_waits_for_none() {
    let cleaner = ReencodingCleaner::new(CleaningLimits::default());
    let _busy = cleaner.permits.acquire().await.unwrap();
    let outcome = cleaner.clean(file(&DynamicImage::ImageRgb8(two_halves(4, 4)), ImageFormat::Png)).await;
    let Err(CleanImageFailure::Unavailable(failure)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(failure.kind(), FailureKind::TimedOut);
    assert!(matches!(cleaner.clean(b"no picture".to_vec()).await, Err(CleanImageFailure::UnknownFormat)));
}
