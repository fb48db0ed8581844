import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { packageFile } from '../../server/package-root.ts';

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** As packages and installers name it; a wrapper that starts something else is not among them. */
const installedNames = ['chromium', 'google-chrome', 'google-chrome-stable'];
const macChrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * A real Chromium with a fresh profile: that of `CHROMIUM_PATH`, else an installed one, else the one
 * that comes with the development dependencies, for a bare Linux machine. Close it in afterAll; when
 * the process that started it is killed, it ends by itself.
 */
export async function launchBrowser(): Promise<Browser> {
  // Without its sandbox, which root and many containers cannot have: it sees our own pages only.
  return chromium.launch({
    executablePath: await browserPath(),
    args: flags,
    chromiumSandbox: false,
  });
}

/** A browser with a profile that stays in `folder`: close it, and what it has kept is there again. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: await browserPath(),
    args: flags,
    chromiumSandbox: false,
  });
}

async function browserPath(): Promise<string> {
  const { CHROMIUM_PATH: given, PATH: folders = '' } = process.env;
  if (given) return given;
  const places = folders
    .split(path.delimiter)
    .flatMap((folder) => installedNames.map((name) => path.join(folder, name)));
  for (const place of [...places, macChrome]) {
    if (await isExecutable(place)) return place;
  }
  if (os.platform() !== 'linux' || os.arch() !== 'x64') {
    throw new Error('No Chromium found: install one, or name it in CHROMIUM_PATH');
  }
  return unpackedChromium();
}

/**
 * The package unpacks into the temp folder and takes whatever is called `chromium` there for its
 * own, half-written or of another version. So it unpacks into a folder that nobody else knows, which
 * gets its name when it is whole. Of test workers that do so at once, the first wins.
 */
async function unpackedChromium(): Promise<string> {
  const manifest = packageFile('node_modules/@sparticuz/chromium/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const folder = path.join(os.tmpdir(), `counterpoint-chromium-${version}-${os.userInfo().uid}`);
  const binary = path.join(folder, 'chromium');
  if (await isExecutable(binary)) return binary;

  const unpacking = await mkdtemp(`${folder}-`);
  try {
    const unpack = `(await import('@sparticuz/chromium')).default.executablePath()`;
    await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', `await ${unpack}`],
      { cwd: packageFile('.'), env: { ...process.env, TMPDIR: unpacking } },
    );
    await rename(unpacking, folder).catch(async (error: unknown) => {
      if (!(await isExecutable(binary))) throw error;
    });
  } finally {
    await rm(unpacking, { recursive: true, force: true });
  }
  return binary;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
