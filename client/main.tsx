import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.ts';
import { App, fetchAhead } from './app.tsx';
import { t } from './strings/index.ts';
import './styles/index.css';
import { applyTheme, followTheme } from './theme.ts';
import { Toasts } from './ui/overlay/toast.ts';

const client = createQueryClient();
fetchAhead(client);
applyTheme();
followTheme();

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the app');

// Menus and hints stand here: what is in no region of a page is hard to find with a screen reader.
document.getElementById('overlays')?.setAttribute('aria-label', t.common.overlays);

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <>
        <App />
        <Toasts />
      </>
    </QueryClientProvider>
  </StrictMode>,
);

/** So long a page has for itself before the whole app is fetched for the device, in ms. */
const keepAfterMs = 3_000;

// In development the pages change under one's hands.
if (import.meta.env.PROD && 'serviceWorker' in navigator) setTimeout(keepApp, keepAfterMs);

function keepApp(): void {
  navigator.serviceWorker.register('/service-worker.js').catch((error: unknown) => {
    console.warn('The app cannot be kept on this device', error);
  });
}
