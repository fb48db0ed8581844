/** Nothing of the last person stays in memory. What they wrote is on this device, sealed. */
export async function startOver(): Promise<void> {
  try {
    const { endAll } = await import('../collab/index.ts');
    await endAll();
  } finally {
    location.replace('/');
  }
}
