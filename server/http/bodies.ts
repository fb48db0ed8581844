import type { App } from './app-type.ts';

/**
 * JSON bodies only, anything else is 415. An empty body counts as none, whatever its content type:
 * clients send `content-type: application/json` with a DELETE.
 */
export function readBodies(app: App): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else return parseJson(request, body, done);
    },
  );
}
