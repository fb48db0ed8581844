import { expect, test } from 'vitest';
import { connectionLimits } from '../../../server/http/limits/deadlines.ts';

test('B2 who says nothing, or never ends a head, is cut off within five seconds at the latest look', () => {
  const { headersTimeout, connectionsCheckingInterval } = connectionLimits;
  // And there is time left for a busy machine.
  expect(headersTimeout + connectionsCheckingInterval).toBeLessThan(4_500);
});
