// Steps that more than one walk takes. What a person does in the browser is in person.mjs.

import { digits } from "./site.mjs";

export function must(holds, what) { if (!holds) { throw new Error(what); } }

/** Opens the site and makes the first account. */
export async function join_in(person, site) {
  await person.page.goto(`${site.address}/`);
  if (!person.page.url().includes("/join")) { await person.page.goto(`${site.address}/join`); }
  const key = (await person.page.content()).match(/secret=([A-Z2-7]+)/)[1];
  await person.type("[name=invitation]", site.code);
  await person.type("[name=name]", "ada");
  await person.type("[name=password]", "lamp river copper tide");
  await person.type("[name=code]", digits(key));
  await person.follow("main form button");
  must((await person.reads()).includes("Your account is ready"), "the account was not made");
  await person.follow("main a.button");
}

/** Sends a capture from the page where the person is, and runs a round over it. */
export async function round_over(person, file) {
  await person.attach("main input[type=file]", file);
  await person.follow("main form button:has-text('Look at it')");
  await person.follow("button:has-text('Run a round over it')");
  await at_the_end(person);
}

/** Waits for the end of the round whose page is open; the page comes back by itself, with script and without. */
export async function at_the_end(person) {
  for (let looks = 0; ; looks++) {
    // A look may fall between two pages.
    const text = await person.reads().catch(() => "");
    if (/is done and kept/.test(text)) { break; }
    must(looks < 240 && !/could not be run/.test(text), `the round did not end: ${text}`);
    await person.page.waitForTimeout(250);
  }
  await person.page.waitForLoadState();
}
