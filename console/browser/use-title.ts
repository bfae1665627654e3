import { useEffect } from 'react';

/** Names the view in the tab, so that history and bookmarks can be told apart. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Cluster backups`;
  }, [title]);
}
