//! Eggs, milk, yogurt and cheese.

use super::canvas::Canvas;
use super::props;

const EGG: &str = "M0-120C60-120 96-30 96 30C96 90 54 122 0 122S-96 90-96 30C-96-30-60-120 0-120Z";

/// A carton of eggs.
pub fn egg(c: &mut Canvas) {
    c.shadow((400, 676), (340, 60));
    let brown = c.round("#fbdcb8", "#d59a66");
    let cream = c.round("#fff6e6", "#e6c9a0");
    c.stamp("brown", |c| {
        c.shape(EGG, &brown);
        c.ellipse((-36, -40), (17, 27), "#ffffff8c");
    });
    c.stamp("cream", |c| {
        c.shape(EGG, &cream);
        c.ellipse((-36, -40), (17, 27), "#ffffffb3");
    });
    c.shape("M120 420L150 300H650L680 420Z", "#8f9a8c");
    c.shape("M138 420L164 316H636L662 420Z", "#7c877a");
    c.place("brown", &[(220, 400, -2, 78), (400, 394, 0, 78), (580, 400, 2, 78)]);
    c.place("cream", &[(308, 396, 0, 78), (492, 396, 0, 78)]);
    c.place("cream", &[(186, 480, -3, 98), (404, 474, 0, 98)]);
    c.place("brown", &[(294, 478, 0, 98), (514, 476, 0, 98)]);
    c.place("cream", &[(620, 482, 4, 98)]);
    let carton = c.down("#b9c3b2", "#8f9a8c");
    let cups = "M90 500Q140 560 190 510Q240 560 294 510Q350 560 404 510Q460 560 514 510Q566 560 620 510\
                Q664 556 712 500L676 650Q670 676 640 676H162Q132 676 126 650Z";
    c.shape(cups, &carton);
    c.line("M240 560L250 640M350 566L354 646M460 566L456 646M566 560L556 640", "#78837199", 8);
    c.line("M110 540L134 640", "#ffffff66", 9);
}

/// Roasted eggs on hot stones, one of them cut.
pub fn roasted_egg(c: &mut Canvas) {
    let shell = c.round("#c98a5a", "#6f3d1e");
    c.stamp("egg", |c| {
        c.shape(EGG, &shell);
        c.line("M30-50L36-44M-10 10L-4 16M50 30L54 38M10 70L16 74M-50 40L-46 46", "#4f2810b3", 8);
        c.ellipse((-36, -40), (16, 26), "#ffffff66");
    });
    props::bowl(c, "#2f2b2a", ("#6a6562", "#3b3735"), |c| {
        c.place("egg", &[(300, 340, -24, 100), (490, 336, 20, 100), (394, 320, 4, 106), (236, 420, -40, 92)]);
        c.place("egg", &[(560, 416, 44, 92), (350, 430, -14, 100), (458, 432, 14, 100)]);
    });
    c.moved((640, 640, 64, 88), |c| {
        c.shape(EGG, "#8a5a3a");
        c.moved((0, 0, 0, 92), |c| c.shape(EGG, "#f0d9bd"));
        c.ellipse((0, 30), (56, 56), "#d9962f");
        c.ellipse((-6, 24), (44, 44), "#edb24a");
    });
    c.ellipse((150, 690), (52, 30), "#8b8582");
    c.ellipse((142, 682), (40, 19), "#a39d99");
    c.ellipse((230, 716), (36, 20), "#76706d");
}

/// A cup of thick yogurt with berries.
pub fn greek_yogurt(c: &mut Canvas) {
    c.shadow((400, 690), (240, 46));
    c.ellipse((400, 380), (218, 64), "#f2f5f8");
    let cream = c.down("#ffffff", "#e6e2da");
    c.shape(
        "M206 380C220 320 300 330 330 300C370 270 380 250 400 214C430 250 440 280 480 300\
         C520 326 584 320 594 380C560 440 240 440 206 380Z",
        &cream,
    );
    c.line(
        "M270 366C340 400 460 396 530 352M330 330C380 352 440 346 474 322M376 284C396 296 416 294 430 284",
        "#cfc7b9",
        8,
    );
    let blue = c.round("#8fa2e0", "#2c3a78");
    c.ellipse((290, 352), (34, 34), &blue);
    c.ellipse((520, 346), (32, 32), &blue);
    c.ellipse((286, 346), (10, 10), "#1b2552");
    c.ellipse((518, 340), (10, 10), "#1b2552");
    let red = c.round("#ff7a6a", "#c0142a");
    c.shape("M356 350C346 310 440 300 440 340C440 370 410 400 396 404C376 396 360 376 356 350Z", &red);
    c.line("M380 346L382 352M408 340L410 346M396 370L398 376", "#ffe08a", 7);
    props::leaf(c, "#8cc063", "#4f8a3c");
    c.place("leaf", &[(440, 316, 40, 66), (436, 318, 84, 56)]);
    let cup = c.across("#ffffff", "#c8d6e4");
    c.shape("M182 380A218 64 0 0 0 618 380L574 660Q568 692 530 692H270Q232 692 226 660Z", &cup);
    c.shape("M196 468C280 510 520 510 604 468L584 600C510 632 290 632 216 600Z", "#4f7fb5");
    c.shape("M400 520C440 540 440 580 400 606C360 580 360 540 400 520Z", "#ffffff");
    c.line("M300 560H340M460 560H500", "#ffffff", 9);
    c.line("M186 388A218 64 0 0 0 614 388", "#ffffff", 9);
    c.shape("M226 470L250 660H236L214 470Z", "#ffffff66");
}

/// A milk bottle and a full glass.
pub fn low_fat_milk(c: &mut Canvas) {
    c.shadow((390, 694), (290, 44));
    let glass = c.across("#e9f2f7", "#bcd2df");
    let milk = c.across("#ffffff", "#e3e9ee");
    c.shape(
        "M252 190H392V260C392 320 450 330 450 410V650Q450 690 410 690H234Q194 690 194 650V410\
         C194 330 252 320 252 260Z",
        &glass,
    );
    c.shape(
        "M264 290H380C392 330 438 340 438 414V646Q438 678 406 678H238Q206 678 206 646V414\
         C206 340 252 330 264 290Z",
        &milk,
    );
    c.block((240, 136), (164, 66), 18, "#4f8fc4");
    c.line("M256 158H388", "#ffffff80", 7);
    c.block((206, 450), (232, 150), 0, "#a9d3ee");
    c.shape("M206 540Q264 500 322 540T438 536V600H206Z", "#6fae5a");
    c.shape("M290 500C280 470 360 466 366 496C380 510 370 534 346 532H306C284 530 280 510 290 500Z", "#ffffff");
    c.ellipse((344, 506), (16, 11), "#3c3f45");
    c.line("M216 420V640", "#ffffffcc", 9);
    c.shape("M490 400H690L668 660Q664 692 632 692H548Q516 692 512 660Z", "#d9e8f0cc");
    c.shape("M500 456H680L662 652Q658 678 630 678H550Q522 678 518 652Z", &milk);
    c.ellipse((590, 456), (90, 22), "#ffffff");
    c.ellipse((590, 400), (100, 22), "#eef5f9");
    c.line("M516 480L530 640", "#ffffff", 9);
}

/// Peeled string cheese.
pub fn string_cheese(c: &mut Canvas) {
    props::plate(c, "#e9b7a6", "#f4d3c7");
    let cheese = c.across("#fffbe8", "#f0d88a");
    c.stamp("stick", |c| {
        c.block((-58, -230), (116, 460), 46, &cheese);
        c.line("M-26-180V180M8-190V190M34-170V170", "#dcbb5a80", 6);
        c.line("M-40-180V150", "#ffffffb3", 11);
    });
    c.place("stick", &[(240, 440, -24, 86), (560, 440, 26, 86)]);
    c.moved((400, 440, 2, 100), |c| {
        let threads = "M-30-60C-110-110-130-160-150-240M-14-80C-60-150-60-200-76-280M20-80\
                       C50-150 60-200 80-280M34-60C110-110 130-150 160-230";
        c.line(threads, "#e3c768", 30);
        c.line(threads, "#fff4c9", 21);
        c.line("M0-70V-290", "#e3c768", 28);
        c.line("M0-70V-290", "#fff8dc", 19);
        c.shape("M-58 180V-70Q0-110 58-70V180Q56 226 20 226H-20Q-56 226-58 180Z", &cheese);
        c.line("M-26-70V180M8-80V190M34-70V170", "#dcbb5a80", 6);
    });
    props::leaf(c, "#8cc063", "#4f8a3c");
    c.place("leaf", &[(180, 640, -70, 74), (196, 648, -30, 74)]);
    c.ellipse((610, 636), (34, 34), "#d93a32");
    c.ellipse((598, 624), (10, 10), "#ffffffa6");
}
