//! Nuts and seeds.

use super::canvas::Canvas;
use super::props;

fn almond_stamp(c: &mut Canvas) {
    let skin = c.across("#cf9354", "#8f5226");
    c.stamp("almond", |c| {
        c.shape("M0-105C40-70 68-20 66 30C64 80 34 105 0 105S-64 80-66 30C-68-20-40-70 0-105Z", &skin);
        c.line("M0-84C-6-20-6 40 0 92M-22-58C-42 0-42 50-26 84M22-58C42 0 42 50 26 84", "#6f3c1766", 5);
        c.line("M-44-10C-52 20-48 46-40 62", "#ffffff59", 8);
    });
}

fn cashew_stamp(c: &mut Canvas) {
    let flesh = c.down("#f7e3b8", "#d9b070");
    c.stamp("cashew", |c| {
        let outline = "M-92 26C-96-60-30-96 30-84C84-72 104-20 86 20C76 42 44 40 42 14C40-20 6-28-14-8\
                       C-30 8-22 36-36 56C-52 78-88 62-92 26Z";
        c.shape(outline, &flesh);
        c.line("M-72 10C-68-40-22-66 28-56", "#ffffff99", 10);
        c.line("M42 14C40-20 6-28-14-8", "#b9884866", 5);
    });
}

fn walnut_stamp(c: &mut Canvas) {
    let flesh = c.round("#e6bd84", "#a9713b");
    c.stamp("walnut", |c| {
        let outline = "M0-96C30-112 62-92 64-68C98-58 104-22 88-2C106 26 92 62 62 68C52 100 18 104 0 88\
                       C-18 104-52 100-62 68C-92 62-106 26-88-2C-104-22-98-58-64-68C-62-92-30-112 0-96Z";
        c.shape(outline, &flesh);
        c.line("M0-88C-10-40 10 10 0 84", "#7a4a2099", 8);
        let folds = "M-18-70C-44-66-30-40-56-42C-80-40-62-12-34-20M-18 4C-40-8-64 8-50 26C-70 40-34 60-22 40\
                     M18-70C44-66 30-40 56-42C80-40 62-12 34-20M18 4C40-8 64 8 50 26C70 40 34 60 22 40";
        c.line(folds, "#7a4a2080", 8);
    });
}

/// Roasted almonds, one of them halved.
pub fn almond(c: &mut Canvas) {
    almond_stamp(c);
    props::leaf(c, "#8fbf6a", "#5c9444");
    c.shadow((400, 640), (340, 80));
    c.place("leaf", &[(330, 390, -52, 170), (470, 390, 46, 170), (400, 340, -6, 130)]);
    c.place("almond", &[(250, 470, -62, 120), (556, 466, 64, 120), (400, 430, 6, 135), (190, 596, -98, 105)]);
    c.place("almond", &[(330, 580, -28, 130), (480, 590, 34, 130)]);
    c.moved((630, 610, 72, 115), |c| {
        c.shape("M0-105C40-70 68-20 66 30C64 80 34 105 0 105S-64 80-66 30C-68-20-40-70 0-105Z", "#a3662f");
        c.shape("M0-90C34-58 56-16 54 30C52 70 28 92 0 92S-52 70-54 30C-56-16-34-58 0-90Z", "#fbeed6");
        c.shape("M0-64C18-30 22 10 18 40Q0 64-18 40C-22 10-18-30 0-64Z", "#efd9b2");
    });
}

/// Walnut halves and one whole shell.
pub fn walnut(c: &mut Canvas) {
    walnut_stamp(c);
    c.shadow((400, 640), (340, 80));
    let shell = c.round("#d9ac74", "#8f5c2e");
    c.ellipse((404, 356), (150, 166), &shell);
    c.line("M404 192C380 280 384 440 404 520", "#70431e", 9);
    let dents = "M330 260C316 310 340 340 322 390M290 330C300 370 284 400 300 440M350 410\
                 C340 440 356 470 350 490\
                 M470 250C490 300 462 340 486 390M520 320C506 360 530 400 512 436M452 430\
                 C466 450 450 470 458 490";
    c.line(dents, "#70431e80", 8);
    c.place("walnut", &[(222, 540, -20, 118), (580, 536, 24, 118), (404, 590, 4, 128)]);
}

/// Cashews in a wooden bowl.
pub fn cashew(c: &mut Canvas) {
    cashew_stamp(c);
    props::bowl(c, "#8a5a34", ("#c68d58", "#96602f"), |c| {
        let rows = [(338, 40, 2), (370, 110, 3), (410, 170, 4), (450, 150, 4)];
        props::heap(c, &["cashew"], &rows, 72, 41);
    });
    c.place("cashew", &[(650, 660, 30, 84), (150, 676, -20, 76)]);
}

/// Pistachios in their open shells.
pub fn pistachio(c: &mut Canvas) {
    let shell = c.across("#f6e6c6", "#cfae7c");
    let kernel = c.across("#b6cf62", "#7c9a38");
    c.stamp("nut", |c| {
        c.shape("M-12-100C-78-70-84 50-20 96C0 60 4-50-12-100Z", &shell);
        c.shape("M14-94C86-60 84 60 8 98C-10 60-6-50 14-94Z", &shell);
        c.shape("M4-84C34-50 34 50-2 88C-26 50-26-50 4-84Z", &kernel);
        c.line("M-4-50C-12-10-12 30-6 56", "#8a4b5a80", 9);
        c.line("M-46-50C-60-10-58 20-48 46", "#ffffff99", 7);
    });
    c.shadow((400, 640), (340, 80));
    c.place("nut", &[(300, 370, -30, 112), (496, 360, 26, 116), (196, 510, -64, 112), (614, 510, 60, 112)]);
    c.place("nut", &[(398, 470, 4, 130), (280, 600, -42, 124), (520, 604, 40, 124)]);
}

/// Pumpkin seeds pouring over a small dish.
pub fn pumpkin_seed(c: &mut Canvas) {
    let seed = c.across("#93b05a", "#55793a");
    c.stamp("seed", |c| {
        c.shape("M0-62C22-50 36-12 32 16C28 46 14 58 0 58S-28 46-32 16C-36-12-22-50 0-62Z", &seed);
        c.line("M0-40C-12-10-12 20-6 40", "#e1efb180", 6);
    });
    props::bowl(c, "#5d6b46", ("#f7f3e8", "#d3cab2"), |c| {
        let rows = [(330, 50, 3), (360, 110, 5), (392, 160, 6), (424, 190, 7), (456, 180, 7)];
        props::heap(c, &["seed"], &rows, 82, 7);
    });
    c.place("seed", &[(118, 640, 70, 100), (180, 700, 20, 92), (664, 690, -50, 100), (716, 640, 15, 90)]);
}

/// A sachet of mixed nuts, torn open.
pub fn mixed_nuts(c: &mut Canvas) {
    almond_stamp(c);
    cashew_stamp(c);
    walnut_stamp(c);
    let berry = c.round("#d9505a", "#8f1f2f");
    c.stamp("berry", |c| {
        c.shape("M-50 6C-52-34-20-48 6-44C40-42 54-14 50 10C46 40 12 46-14 42C-36 40-50 28-50 6Z", &berry);
        c.line("M-26-14C-8-2 6-20 26-10M-20 18C0 8 14 26 30 14", "#6d132280", 6);
    });
    c.shadow((400, 664), (320, 70));
    let film = c.across("#7fb59a", "#4c8a6c");
    c.shape("M262 170L292 186L322 168L352 186L382 168L412 186L442 168L472 186L502 168L540 178L566 470H236Z", "#3c6f56");
    c.place("walnut", &[(330, 256, -20, 62)]);
    c.place("almond", &[(420, 250, 30, 66), (490, 270, -24, 60)]);
    c.shape("M254 262Q400 316 548 262L580 640Q584 664 560 664H242Q218 664 222 640Z", &film);
    c.shape("M268 290L284 640H262L250 286Z", "#ffffff40");
    c.ellipse((402, 452), (104, 104), "#f6f1dd");
    c.place("almond", &[(402, 452, 18, 70)]);
    c.place("walnut", &[(160, 640, 12, 74)]);
    c.place("almond", &[(640, 600, 62, 76), (270, 690, -70, 74)]);
    c.place("cashew", &[(560, 690, -12, 74)]);
    c.place("berry", &[(400, 700, 0, 80), (690, 690, 30, 74), (110, 716, -20, 64)]);
}

/// A jar of peanut butter with a swirl on top.
pub fn peanut_butter(c: &mut Canvas) {
    let husk = c.across("#e7c188", "#b98448");
    c.stamp("peanut", |c| {
        c.shape(
            "M0-104C44-104 54-62 38-22C30 0 58 30 46 70C36 106-36 106-46 70C-58 30-30 0-38-22\
             C-54-62-44-104 0-104Z",
            &husk,
        );
        c.line("M-20-80C-26-50-8-20-14 10C-20 40-24 60-16 84M18-80C24-50 8-20 14 10C20 40 24 60 16 84", "#8f5c2e66", 5);
        c.line("M-34-60H34M-28 0H28M-40 50H40", "#8f5c2e40", 5);
    });
    c.shadow((390, 676), (250, 50));
    let butter = c.across("#d9a25a", "#a86f30");
    c.shape("M236 300H564Q600 330 600 380V630Q600 686 544 686H256Q200 686 200 630V380Q200 330 236 300Z", "#ffffffb3");
    c.shape("M216 350H584V628Q584 670 542 670H258Q216 670 216 628Z", &butter);
    c.ellipse((400, 300), (170, 46), "#f4ead8");
    c.ellipse((400, 302), (154, 38), "#c58e48");
    let swirl = c.down("#f0c98a", "#d19a52");
    c.shape(
        "M262 302C250 250 340 262 350 222C360 186 420 190 412 150C460 180 440 214 474 236\
         C510 254 552 256 538 302C510 346 290 346 262 302Z",
        &swirl,
    );
    c.line(
        "M284 300C350 340 460 334 512 286M338 252C390 280 440 270 470 244M376 204C396 216 420 212 430 200",
        "#b57c3c",
        8,
    );
    c.ellipse((400, 502), (112, 100), "#fff3dc");
    c.place("peanut", &[(400, 502, 24, 82)]);
    c.shape("M226 380H246V640Q226 640 226 620Z", "#ffffff66");
    c.place("peanut", &[(650, 650, 36, 100), (140, 660, -58, 92)]);
}
