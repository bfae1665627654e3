import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/tokens.css';
import './styles/elements.css';
import './styles/shell.css';
import './styles/nights.css';
import './styles/instances.css';
import './styles/instance.css';
import './styles/running-backups.css';
import './styles/backup-plots.css';
import './styles/backup-table.css';
import './styles/shard-table.css';

const container = document.getElementById('console');
if (container !== null) {
  createRoot(container).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
