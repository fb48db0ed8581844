import { Suspense, useState } from 'react';
import { t } from '../../strings/index.ts';
import { Button } from '../../ui/button/button.tsx';
import { lazyPart } from '../../ui/loading/lazy-part.tsx';
import { MenuButton } from '../../ui/button/menu-button.tsx';

const loadMenu = () => import('./new-piece-menu.tsx');
const NewPieceMenu = lazyPart(loadMenu);
const PasteDialog = lazyPart(() => import('./paste-dialog.tsx'));

export function NewPieceButton() {
  const [pasting, setPasting] = useState(false);
  return (
    <>
      <MenuButton
        trigger={<Button kind="primary">{t.pieces.newPiece}</Button>}
        load={loadMenu}
        menu={(trigger) => <NewPieceMenu trigger={trigger} onPaste={() => setPasting(true)} />}
      />
      {pasting && (
        <Suspense>
          <PasteDialog onClose={() => setPasting(false)} />
        </Suspense>
      )}
    </>
  );
}
