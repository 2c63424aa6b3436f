// What a person does in the browser: go to a link, press a button, type into a field, choose a file. A person with a mouse clicks;
// a person with a keyboard presses Tab until the thing has the focus, and sees that it has, then Enter.
// Not here: in which order (walk.mjs).

/** The most presses of Tab on one page before a person gives up. */
const MOST_TABS = 250;

class Person {
  constructor(page) { this.page = page; }

  /** The words of the page's main part, in one line. */
  async reads() { return (await this.page.textContent("main")).replace(/\s+/g, " "); }

  /** Follows what was pressed until the next page is there. */
  async arrives(press) {
    const before = await this.page.evaluate(() => performance.timeOrigin);
    await press();
    await this.page.waitForFunction((origin) => performance.timeOrigin !== origin && document.readyState === "complete", before);
  }
}

export class WithMouse extends Person {
  async follow(selector) { await this.arrives(() => this.page.locator(selector).first().click()); }
  async type(selector, text) { await this.page.locator(selector).first().fill(text); }
  async attach(selector, file) { await this.page.locator(selector).first().setInputFiles(file); }
  async open(selector) { await this.page.locator(selector).first().click(); }
}

export class WithKeyboard extends Person {
  constructor(page) {
    super(page);
    // As long as somebody listens, the browser hands over its question for a file; who begins to listen at the press may be late.
    page.on("filechooser", () => {});
  }

  /** Presses Tab from the top of the page until this has the focus, which must be seen. */
  async reach(selector) {
    const target = await this.page.locator(selector).first().elementHandle();
    for (let presses = 0; presses < MOST_TABS; presses++) {
      await this.page.keyboard.press("Tab");
      if (await target.evaluate((element) => document.activeElement === element)) {
        const seen = await target.evaluate((element) => {
          const style = getComputedStyle(element);
          const box = element.getBoundingClientRect();
          const within = box.bottom > 0 && box.top < innerHeight && box.width > 0;
          return within && (style.outlineStyle !== "none" || style.boxShadow !== "none");
        });
        if (!seen) { throw new Error(`${selector} on ${this.page.url()} has the focus, and nobody can see it`); }
        return;
      }
    }
    throw new Error(`${selector} on ${this.page.url()} is not reached with the Tab key`);
  }

  async follow(selector) {
    await this.reach(selector);
    await this.arrives(() => this.page.keyboard.press("Enter"));
  }

  async type(selector, text) {
    await this.reach(selector);
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.type(text);
  }

  async attach(selector, file) {
    await this.reach(selector);
    const asked = this.page.waitForEvent("filechooser");
    await this.page.keyboard.press("Enter");
    await (await asked).setFiles(file);
  }

  async open(selector) {
    await this.reach(selector);
    await this.page.keyboard.press("Enter");
  }
}
