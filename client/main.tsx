import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { t } from './strings/index.ts';
import './styles/index.css';
import { applyTheme, followTheme } from './theme.ts';
import { Toasts } from './ui/toast.ts';

applyTheme();
followTheme();

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the app');

// Menus and hints stand here: what is in no region of a page is hard to find with a screen reader.
document.getElementById('overlays')?.setAttribute('aria-label', t.common.overlays);

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <>
        <App />
        <Toasts />
      </>
    </QueryClientProvider>
  </StrictMode>,
);

// In development the pages change under one's hands.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  navigator.serviceWorker.register('/service-worker.js').catch((error: unknown) => {
    console.warn('The app cannot be kept on this device', error);
  });
}
