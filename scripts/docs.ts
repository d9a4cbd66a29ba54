// SPDX-License-Identifier: Apache-2.0
// Makes docs/api/, the pages of the public API, from its doc comments: `npm run docs`. What has no comment is told, and fails.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Reflection } from 'typedoc';
import { ERRORS } from '../proto/errors.ts';

/** What TypeDoc is told of a project. */
export interface Api {
  /** The folder with package.json and tsconfig.json. */
  readonly root: string;
  /** The files that export the API, below `root`, each with the name it is imported by. */
  readonly entries: Readonly<Record<string, string>>;
  /** What is explained elsewhere, as `file.Name.member`. */
  readonly elsewhere?: readonly string[];
}

/** The API of this package: what package.json exports. */
export function ownApi(root: string): Api {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, string | { default: string }>;
  };
  const entries = Object.entries(exports).flatMap(([path, to]) =>
    typeof to === 'string' ? [] : [[`${name}${path.slice(1)}`, to.default.replace(/^\.\/dist\/(.+)\.js$/, '$1.ts')]],
  );
  // docs/errors.md has a paragraph for each code; a house rule sees to it.
  return { root, entries: Object.fromEntries(entries), elsewhere: Object.keys(ERRORS).map((code) => `proto.ERRORS.__type.${code}`) };
}

/**
 * Reads the doc comments, and makes the pages where nothing is missing.
 * @param out the folder for the pages, which is emptied; without one nothing is written
 * @returns what there is to complain of: an export or a public member without a comment, a link that leads nowhere
 */
export async function apiPages({ root, entries, elsewhere = [] }: Api, out?: string): Promise<readonly string[]> {
  // TypeDoc reads with a TypeScript in JavaScript, which ended with version 6; @tsd/typescript is that, without a `tsc` beside ours.
  const hooks = registerHooks({
    resolve: (name, context, next) => next(name === 'typescript' ? '@tsd/typescript' : name, context),
  });
  const { Application, Comment, Logger, LogLevel, ReflectionKind } = await import('typedoc');
  hooks.deregister();
  const complaints: string[] = [];
  class Complaints extends Logger {
    override log(message: string, level: number): void {
      if (level >= LogLevel.Warn) complaints.push(message);
    }
  }
  const scratch = mkdtempSync(join(tmpdir(), 'porthole-docs-'));
  try {
    const tsconfig = join(scratch, 'tsconfig.json');
    const files = Object.values(entries).map((file) => join(root, file));
    writeFileSync(
      tsconfig,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
        files,
        include: [],
      }),
    );
    const app = await Application.bootstrap({
      name: 'porthole',
      basePath: root,
      entryPoints: files,
      tsconfig,
      readme: 'none',
      disableSources: true,
      excludeExternals: true,
      excludePrivate: true,
      excludeProtected: true,
      excludeInternal: true,
      // Our own TypeScript checks the types; the older one infers a few otherwise, inside of functions.
      skipErrorChecking: true,
      validation: { notDocumented: true, invalidLink: true, notExported: false, rewrittenLink: true, unusedMergeModuleWith: true },
    });
    app.logger = new Complaints();
    const project = await app.convert();
    if (!project) return complaints.length > 0 ? complaints : ['TypeDoc could not read the sources'];
    // The pieces of a type without a name, such as what a union is of, are explained where it stands; TypeDoc thinks so of parameters.
    const pieces = project.getReflectionsByKind(ReflectionKind.Property).filter((property) => {
      const above = ancestorsOf(property);
      if (property.hasComment() || above.some((one) => one.kindOf(ReflectionKind.Parameter))) return false;
      return above[0]?.kindOf(ReflectionKind.TypeLiteral) && !above[1]?.kindOf(ReflectionKind.Variable);
    });
    const explained = new Set([...elsewhere, ...pieces.map((piece) => piece.getFriendlyFullName())]);
    app.options.setValue('intentionallyNotDocumented', [...explained]);
    app.validate(project);
    if (complaints.length > 0 || out === undefined) return complaints;
    for (const module of project.children ?? []) {
      const entry = Object.entries(entries).find(([, file]) => module.name === file.replace(/(\/index)?\.ts$/, ''));
      if (!entry) continue;
      const [name, file] = entry;
      module.name = name;
      // The second line of a source says what it is for.
      const [, purpose = ''] = readFileSync(join(root, file), 'utf8').split('\n');
      module.comment ??= new Comment([{ kind: 'text', text: purpose.replace(/^\/\/\s*/, '') }]);
    }
    await app.generateDocs(project, out);
    return complaints;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function ancestorsOf({ parent }: Reflection): Reflection[] {
  return parent ? [parent, ...ancestorsOf(parent)] : [];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = join(import.meta.dirname, '..');
  const complaints = await apiPages(ownApi(root), join(root, 'docs', 'api'));
  for (const one of complaints) console.error(one);
  console.log(complaints.length === 0 ? 'docs/api/index.html' : 'No pages are made until that is mended.');
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
