//! Rice, oats and other grains, and bread.

use super::canvas::Canvas;
use super::props;

/// The stamp `ear`: an ear of grain 200 long that points up from (0, 0).
fn ear(c: &mut Canvas) {
    let gold = c.across("#f2cf7a", "#cf9a3a");
    c.stamp("corn", |c| c.shape("M0 0C-20-14-20-40 0-56C20-40 20-14 0 0Z", &gold));
    c.stamp("ear", |c| {
        c.line("M0 60Q6-60 0-150", "#b98a36", 6);
        c.place("corn", &[(-6, -10, -36, 100), (8, -10, 36, 100), (-6, -50, -34, 100), (8, -50, 34, 100)]);
        c.place(
            "corn",
            &[(-5, -90, -30, 95), (7, -90, 30, 95), (-4, -126, -24, 85), (5, -126, 24, 85), (0, -150, 0, 90)],
        );
    });
}

/// A linen sack of brown rice.
pub fn brown_rice(c: &mut Canvas) {
    ear(c);
    c.shadow((400, 676), (300, 56));
    c.place("ear", &[(612, 560, 16, 130), (634, 590, 38, 116), (180, 570, -22, 124)]);
    let linen = c.across("#ecdcbb", "#c3a575");
    c.shape("M196 380C160 480 150 590 190 650C240 690 560 690 610 650C650 590 640 480 604 380Z", &linen);
    c.line("M260 440C250 520 256 590 270 640M400 470V650M540 440C552 520 546 590 532 640", "#a7885966", 6);
    let grains = c.texture((64, 48), |c| {
        c.line("M8 10L18 16M34 6L46 8M56 22L50 32M22 30L32 26M10 42L20 40M40 40L50 44", "#e9cf9d", 9);
        c.line("M10 26L16 22M30 16L38 20M58 8L62 12M36 34L42 30", "#a87c42", 6);
    });
    c.ellipse((400, 380), (206, 66), "#d9c297");
    c.shape("M214 384C230 300 320 262 400 258S570 300 586 384C560 420 240 420 214 384Z", "#c79c5c");
    c.shape("M214 384C230 300 320 262 400 258S570 300 586 384C560 420 240 420 214 384Z", &grains);
    c.shape(
        "M190 366C200 430 300 452 400 452S600 430 610 366C628 380 632 420 616 438\
         C560 486 240 486 184 438C168 420 172 380 190 366Z",
        "#f3e7cd",
    );
    c.line("M196 430C270 474 530 474 604 430", "#b7986699", 5);
    c.stamp("grain", |c| {
        c.shape("M-24 0C-14-14 14-14 24 0C14 12-14 12-24 0Z", "#cfa262");
    });
    c.place(
        "grain",
        &[(150, 700, 20, 90), (210, 720, -30, 90), (600, 716, 40, 90), (660, 700, -10, 90), (540, 730, 0, 90)],
    );
}

/// A bowl of oat flakes with an ear of oats.
pub fn oatmeal(c: &mut Canvas) {
    let flake = c.round("#fbefd3", "#d9b884");
    c.stamp("flake", |c| {
        c.shape("M-50 4C-54-26-20-40 10-36C42-34 56-10 50 12C42 36 4 40-18 34C-40 30-48 20-50 4Z", &flake);
        c.line("M-30-4C-8 4 14 0 34-6", "#b28a4f", 5);
    });
    ear(c);
    c.place("ear", &[(610, 480, 24, 140), (640, 520, 44, 120), (570, 450, 6, 120)]);
    props::bowl(c, "#a98352", ("#7fb0b8", "#4f858f"), |c| {
        let rows = [(334, 40, 3), (362, 100, 5), (394, 150, 6), (426, 186, 7), (458, 176, 7)];
        props::heap(c, &["flake"], &rows, 80, 19);
    });
    c.place("flake", &[(140, 690, 10, 80), (200, 720, -40, 76), (640, 700, 30, 80), (600, 726, -20, 70)]);
}

/// A glass jar of quinoa in three colours and a wooden spoon.
pub fn quinoa(c: &mut Canvas) {
    c.shadow((380, 684), (250, 48));
    c.block((216, 250), (328, 430), 54, "#ffffffa6");
    let jar = "M232 300H528V630Q528 664 494 664H266Q232 664 232 630Z";
    c.within(jar, |c| {
        let dots = c.texture((26, 22), |c| {
            c.ellipse((7, 6), (6, 6), "#ffffff59");
            c.ellipse((20, 17), (6, 6), "#ffffff40");
            c.ellipse((20, 5), (5, 5), "#00000024");
            c.ellipse((7, 17), (5, 5), "#0000002e");
        });
        c.block((232, 330), (296, 120), 0, "#ecd9ac");
        c.shape("M232 440Q300 420 380 442T528 436V560H232Z", "#b5573f");
        c.shape("M232 552Q310 530 390 554T528 546V670H232Z", "#4a3d38");
        c.block((232, 330), (296, 340), 0, &dots);
    });
    c.line("M250 320V620", "#ffffffa6", 15);
    let lid = c.across("#d3a06a", "#a8713f");
    c.block((226, 200), (308, 74), 18, &lid);
    c.line("M240 226H520", "#ffffff66", 7);
    c.moved((590, 610, -34, 100), |c| {
        c.line("M40 0H260", "#b27a45", 26);
        c.ellipse((0, 0), (92, 60), "#a56d3a");
        c.ellipse((0, -8), (78, 46), "#8b5a2d");
        let seeds = c.texture((24, 20), |c| {
            c.ellipse((6, 6), (6, 6), "#f6e7c1");
            c.ellipse((18, 16), (6, 6), "#c46a50");
            c.ellipse((18, 5), (5, 5), "#e4cd98");
            c.ellipse((6, 16), (5, 5), "#5a4a44");
        });
        c.shape("M-72-8C-60-54 60-54 72-8C50 26-50 26-72-8Z", &seeds);
    });
}

/// A tray of steaming multigrain rice.
pub fn multigrain_bowl(c: &mut Canvas) {
    c.shadow((400, 676), (270, 50));
    c.line(
        "M320 250C290 210 350 190 320 150M400 230C370 190 430 170 400 130M480 250C450 210 510 190 480 150",
        "#ffffffd9",
        13,
    );
    c.ellipse((400, 440), (262, 82), "#f4f6f7");
    let rice = c.texture((78, 56), |c| {
        c.line("M8 12L20 18M36 6L48 10M62 26L70 18M24 34L36 30M8 50L20 46M48 46L60 50", "#fbf0dc", 11);
        c.line("M14 30L20 36M52 22L56 30M30 18L38 20", "#8a5a72", 9);
        c.line("M66 44L72 46M4 22L8 26M40 42L44 40", "#e0b45a", 11);
    });
    let mound = "M176 440C190 340 300 300 400 300S610 340 624 440C600 490 200 490 176 440Z";
    c.shape(mound, "#dcc3a3");
    c.shape(mound, &rice);
    c.line("M230 390C270 340 330 326 390 322", "#ffffff80", 13);
    c.stamp("bean", |c| {
        c.ellipse((0, 0), (28, 21), "#3a2733");
        c.ellipse((-8, -7), (8, 4), "#ffffff80");
    });
    c.place(
        "bean",
        &[
            (300, 370, 20, 90),
            (420, 340, -20, 90),
            (520, 390, 30, 90),
            (380, 420, 0, 100),
            (470, 440, -10, 90),
            (250, 430, 10, 84),
        ],
    );
    let wall = c.across("#ffffff", "#cfd6da");
    c.shape("M138 440A262 82 0 0 0 662 440L600 640Q590 682 540 684H260Q210 682 200 640Z", &wall);
    c.shape("M160 530C250 590 550 590 640 530L612 618C530 664 270 664 188 618Z", "#7b9c63");
    ear(c);
    c.place("ear", &[(360, 636, -24, 34), (400, 636, 0, 38), (440, 636, 24, 34)]);
    c.line("M142 448A262 82 0 0 0 658 448", "#ffffff", 9);
}

/// A loaf of wholemeal bread, sliced.
pub fn wholewheat_bread(c: &mut Canvas) {
    props::board(c);
    ear(c);
    c.place("ear", &[(500, 650, 74, 100), (520, 660, 50, 90)]);
    let crust = c.down("#b9783c", "#7d4820");
    let crumb = c.round("#f0d7a8", "#d6ab6c");
    let holes = c.texture((56, 46), |c| {
        c.ellipse((10, 12), (5, 3), "#a8773f99");
        c.ellipse((36, 8), (4, 3), "#a8773f80");
        c.ellipse((24, 30), (5, 4), "#a8773f80");
        c.ellipse((48, 34), (4, 3), "#8a5a2c99");
        c.ellipse((6, 40), (3, 3), "#fbeccb");
    });
    c.shape("M300 300C330 240 560 230 630 280C690 320 680 380 650 400V560Q640 590 600 592H330Z", &crust);
    c.line(
        "M400 262C420 300 420 340 410 380M500 252C524 290 524 330 514 380M590 270C610 300 612 340 604 380",
        "#5f341580",
        8,
    );
    c.stamp("slice", |c| {
        let outline = "M-150-90C-160-170 160-170 150-90C146-60 130-50 124-40V140Q120 164 96 164H-96\
                       Q-120 164-124 140V-40C-130-50-146-60-150-90Z";
        c.shape(outline, "#8a5226");
        c.moved((0, 2, 0, 91), |c| {
            c.shape(outline, &crumb);
            c.shape(outline, &holes);
        });
    });
    c.place("slice", &[(352, 440, 0, 104), (290, 456, -4, 106), (216, 490, -12, 106)]);
}
