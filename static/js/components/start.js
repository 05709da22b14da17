/** What every page starts. Pages work without it; it only makes them quicker to use. */

import { startConfirm } from "./confirm.js";
import { startFileDrop } from "./file_drop.js";
import { startMenus } from "./menu.js";
import { startNotices } from "./notices.js";
import { startProgress } from "./progress.js";
import { startSubmitOnce } from "./submit_once.js";
import { startTabs } from "./tabs.js";
import { startTheme } from "./theme.js";

startTheme();
startTabs();
startMenus();
startNotices();
startConfirm();
startFileDrop();
startProgress();
startSubmitOnce();
