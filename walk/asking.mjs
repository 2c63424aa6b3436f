// The walk of somebody who asks for the first time: from the start of the program on an empty store to a finished active round of the
// office subnet, by page alone. A stop on the way, and hours that come again.
//
//   node asking.mjs PROGRAM FOLDER       in a network of its own (walk/ask-network)
//
// FOLDER has inventory.csv and nmap.xml. Walked at 1280 and at 390 pixels and without script; each state of the page is looked at by
// axe-core, in light and dark, must fit, and leaves a screenshot there.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { WithMouse } from "./person.mjs";
import { start } from "./site.mjs";
import { at_the_end, join_in, must } from "./steps.mjs";

const [program, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const MOST = 600; // seconds, from the start of the program to a round with the answers
const found = [];

/** Looks at the page as it is now. */
async function look(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) { found.push(`${name}: ${wide} pixels too wide`); }
    await page.screenshot({ path: join(folder, `ask-${name}-${colorScheme}.png`), fullPage: true });
    await page.evaluate(axe);
    for (const fault of (await page.evaluate(() => globalThis.axe.run())).violations) {
      found.push(`${name} ${colorScheme}: ${fault.id} (${fault.nodes.length}) ${fault.nodes[0].html.slice(0, 160)}`);
    }
  }
}

/** Waits until the page says this; it comes back by itself while questions are under way. */
async function until(person, words) {
  for (let looks = 0; ; looks++) {
    const text = await person.reads().catch(() => "");
    if (words.test(text)) { return; }
    must(looks < 240, `${words} does not come: ${text}`);
    await person.page.waitForTimeout(250);
  }
}

async function first_time(name, browser, viewport, javaScriptEnabled) {
  const site = await start(program);
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, bypassCSP: true, viewport, javaScriptEnabled });
    const page = await context.newPage();
    await page.bringToFront();
    const person = new WithMouse(page);
    const shows = javaScriptEnabled ? (state) => look(page, `${name}-${state}`) : async () => {};
    if (!javaScriptEnabled) { person.arrives = async (press) => { await Promise.all([page.waitForEvent("load"), press()]); }; }
    await join_in(person, site);
    for (const list of ["inventory.csv", "nmap.xml"]) {
      await page.goto(`${site.address}/import`);
      await person.attach("main input[type=file]", join(folder, list));
      await person.follow("main form button:has-text('Look at it')");
      await person.follow("main form button:has-text('Keep')");
    }
    await person.follow("button:has-text('Run a round now')");
    await at_the_end(person);

    await person.follow("nav a[href='/ask']");
    await shows("1-new");
    await person.open("input[name=network]");
    await person.type("[name=owner]", "Server team");
    await person.type("[name=phone]", "1234");
    await person.follow("form[action='/ask/scope'] button");
    must(/Open now/.test(await person.reads()), "the window is not open");
    await shows("2-scope");
    await person.follow("form[action='/ask/plan'] button");
    must(/keeps to every limit/.test(await person.reads()), "the plan was not checked");
    await shows("3-plan");
    await person.follow("form[action='/ask/approve'] button");
    must(/Approved by 1 of 1/.test(await person.reads()), "the approval is not shown");
    await shows("4-approved");
    await person.follow("form[action='/ask/run'] button");
    await until(person, /Asking now|all is done/);
    if (javaScriptEnabled) { await page.screenshot({ path: join(folder, `ask-${name}-5-running.png`), fullPage: true }); }
    await until(person, /questions?: all is done/);
    await shows("6-done");
    await person.follow("form[action='/rounds/run'] button");
    await at_the_end(person);
    await person.follow("nav a[href='/ask']");
    must(/read the answers/.test(await person.reads()), "the round did not read the answers");
    const took = (Date.now() - site.started) / 1000;
    must(took < MOST, `it took ${took} s`);
    await shows("7-read");

    // A plan with pauses, so that there is something to stop.
    await person.open("form[action='/ask/plan'] summary");
    await person.type("form[action='/ask/plan'] [name=ports]", "80, 443");
    await person.follow("form[action='/ask/plan'] > div button");
    await person.follow("form[action='/ask/approve'] button");
    await person.follow("form[action='/ask/run'] button");
    await until(person, /Asking now/);
    await person.follow("form[action='/ask/stop'] button");
    await until(person, /Asking is stopped/);
    await until(person, /Allow asking again/);
    await shows("8-stopped");
    await person.type("[name=because]", "It was a drill");
    await person.follow("form[action='/ask/resume'] button");

    // A key for reading servers, which is made here; what is shown is the line for them.
    await person.follow("button:has-text('Make a key')");
    must(/useradd -m -p/.test(await person.reads()), "what to do on the servers is not shown");
    await shows("9-key");

    // A model that may be asked its one question, and the same taken back.
    await person.open("summary:has-text('Name a model')");
    await person.type("[name=model]", "EX-4711");
    await person.open("input[name=question][value=modbus-identity]");
    await person.type("form[action='/ask/name'] [name=because]", "Its maker says so");
    if (javaScriptEnabled) { await shows("9-naming"); }
    await person.follow("button:has-text('Name it')");
    must(/EX-4711/.test(await person.reads()), "the model is not shown");
    await shows("9-named");
    await person.follow("button:has-text('Take back')");
    must(/No model is named/.test(await person.reads()), "the model is not taken back");

    await person.open("summary:has-text('Change it')");
    await person.open("input[name=when][value=weekly]");
    await person.open("input[name=day][value=tuesday]");
    await person.follow("form[action='/ask/scope'] button");
    must(/Tuesday from 12:00 to 13:30/.test(await person.reads()), "the hours are not shown");
    await person.follow("button:has-text('Approve and switch on')");
    await shows("10-regular");
    console.log(`asking, ${name}: a round with the answers after ${took.toFixed(1)} s`);
    await context.close();
  } finally {
    await site.stop();
  }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await first_time("1280", browser, { width: 1280, height: 900 }, true);
  await first_time("390", browser, { width: 390, height: 844 }, true);
  await first_time("no-script", browser, { width: 1280, height: 900 }, false);
  must(found.length === 0, `\n  ${found.join("\n  ")}`);
} finally {
  await browser.close();
}
