// The walk of somebody who sees the site for the first time: from the start of the program to a fix that a round verified.
//
//   node walk.mjs PROGRAM FOLDER
//
// FOLDER has before.pcap (record.py before); after.pcap is recorded when the work was said to be done. Screenshots go there too.
// Walked four times, each on an empty store: with a mouse at 1280 and at 390 pixels, with the keyboard alone, and without script.
// Then every page of the demo hospital is looked at by axe-core, in light and dark, and must fit both widths.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { WithKeyboard, WithMouse } from "./person.mjs";
import { start } from "./site.mjs";
import { at_the_end, join_in, must, round_over } from "./steps.mjs";

const [program, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
const FIRST_DEVICE = 60, FIRST_FINDING = 300; // seconds, from the start of the program

const since = (site) => (Date.now() - site.started) / 1000;

async function first_time(name, browser, Hand, viewport, javaScriptEnabled) {
  const site = await start(program);
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport, javaScriptEnabled });
    const page = await context.newPage();
    // Behind another window, Chromium asks nobody for a file.
    await page.bringToFront();
    const person = new Hand(page);
    if (!javaScriptEnabled) {
      // Without script the page can't be asked when it came; a press is followed by waiting for the next document.
      person.arrives = async (press) => { await Promise.all([page.waitForEvent("load"), press()]); };
    }
    await join_in(person, site);
    must((await person.reads()).includes("cannot see yet"), "the first page does not say what can't be seen");
    await round_over(person, join(folder, "before.pcap"));
    await person.follow("main a.button");
    const today = await person.reads();
    must(/could not be seen|can't be seen|not seen/i.test(today), "Today does not say what was not seen");
    must(/certificate/i.test(today), "Today does not name the weakness");
    const device = since(site);
    await page.screenshot({ path: join(folder, `${name}-today.png`) });
    await person.follow("nav a[href='/devices']");
    must((await page.locator("main a[href^='/devices/A-']").count()) === 2, "not two devices");
    await person.follow("nav a[href='/findings']");
    await person.follow("main a[href*='group=']:has-text('certificate')");
    await person.follow("main a[href^='/findings/F-']");
    must(/too weak/.test(await person.reads()), "the finding does not say in words what is wrong");
    const finding = since(site);
    must(device < FIRST_DEVICE && finding < FIRST_FINDING, `first device after ${device} s, first finding after ${finding} s`);

    await person.follow("nav a[href='/work']");
    await person.follow("main a[href^='/work/W-']:has-text('certificate')");
    const task = page.url();
    await person.type("form[action$='/assign'] [name=to]", "ada");
    await person.follow("form[action$='/assign'] button");
    await person.follow("form[action$='/done'] button");
    must(/said to be done/i.test(await person.reads()), "the claim is not shown");

    execFileSync(join(import.meta.dirname, "record.py"), ["after", join(folder, "after.pcap")]);
    await person.follow("nav a[href='/import']");
    await round_over(person, join(folder, "after.pcap"));
    await page.goto(task);
    must(/verified/i.test(await person.reads()), "the later round did not verify the fix");
    await page.screenshot({ path: join(folder, `${name}-verified.png`) });
    console.log(`${name}: first device after ${device.toFixed(1)} s, first finding read after ${finding.toFixed(1)} s, fix verified after ${since(site).toFixed(1)} s`);
    await context.close();
  } finally {
    await site.stop();
  }
}

/** One page a pattern: /devices/A-1 and /devices/A-2 are the same page to the eye. */
const pattern = (path) => path.replace(/[?#].*/, "").replace(/\/(?:[A-Z]+-?[0-9a-f]{1,64}|[0-9a-f]{8,64})(?=\/|$)/g, "/*");

/** A list that is looked at and not kept, and one more round, so that rounds can be compared. */
async function a_second_round(person, site) {
  await person.page.goto(`${site.address}/import`);
  await person.attach("main input[type=file]", join(import.meta.dirname, "../examples/lists/computers.csv"));
  await person.follow("main form button:has-text('Look at it')");
  await person.page.goto(`${site.address}/`);
  await person.follow("button:has-text('Run a round now')");
  await at_the_end(person);
}

/** Pages that forms lead to, not links. */
const BY_FORMS = ["/conversations?round=R-1", "/plan?hours=6", "/sign-in", "/join", "/rounds/compare?before=R-1&after=R-2", "/settings/interfaces", "/settings/notices", "/break-glass"];

/** Every page of the demo hospital that links lead to. */
async function every_page(browser) {
  const site = await start(program);
  try {
    const quiet = { ignoreHTTPSErrors: true, bypassCSP: true };
    const first = await browser.newContext({ ...quiet, viewport: WIDE });
    const person = new WithMouse(await first.newPage());
    await join_in(person, site);
    await person.follow("button:has-text('Show the demo')");
    await at_the_end(person);
    await a_second_round(person, site);
    const storageState = await first.storageState();
    const found = [];
    for (const colorScheme of ["light", "dark"]) {
      const context = await browser.newContext({ ...quiet, viewport: WIDE, colorScheme, storageState });
      const page = await context.newPage();
      const looked = new Set();
      const waiting = ["/", ...BY_FORMS];
      while (waiting.length > 0) {
        const path = waiting.shift();
        if (looked.has(pattern(path))) { continue; }
        looked.add(pattern(path));
        const response = await page.goto(site.address + path).catch((error) => error);
        if (response instanceof Error) { must(/Download is starting/.test(response.message), response.message); continue; }
        if (!(response.headers()["content-type"] ?? "").startsWith("text/html")) { continue; }
        must(response.status() === 200, `${path}: ${response.status()}`);
        const links = await page.$$eval("a[href^='/']", (all) => all.map((link) => link.getAttribute("href")));
        waiting.push(...links);
        for (const viewport of [NARROW, WIDE]) {
          await page.setViewportSize(viewport);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (wide > 0) { found.push(`${colorScheme} ${viewport.width} ${path}: ${wide} pixels too wide`); }
          const shot = `${colorScheme}-${viewport.width}-${pattern(path).replace(/\W+/g, "-")}.png`;
          await page.screenshot({ path: join(folder, shot), fullPage: true });
        }
        await page.evaluate(axe);
        for (const fault of (await page.evaluate(() => globalThis.axe.run())).violations) {
          found.push(`${colorScheme} ${path}: ${fault.id} (${fault.nodes.length}) ${fault.nodes[0].html.slice(0, 160)}`);
        }
      }
      console.log(`every page, ${colorScheme}: ${looked.size} kinds of pages looked at`);
      must(looked.size >= 20, `only ${[...looked]}`);
      await context.close();
    }
    must(found.length === 0, `\n  ${found.join("\n  ")}`);
  } finally {
    await site.stop();
  }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await first_time("mouse-1280", browser, WithMouse, WIDE, true);
  await first_time("mouse-390", browser, WithMouse, NARROW, true);
  await first_time("keyboard-1280", browser, WithKeyboard, WIDE, true);
  await first_time("no-script-1280", browser, WithMouse, WIDE, false);
  await every_page(browser);
} finally {
  await browser.close();
}
