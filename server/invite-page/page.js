/* global document, location, history, fetch, window */
const find = (id) => document.getElementById(id);
const invite = location.hash.slice(1);
let userId = null;

/** Posts JSON; throws an error with the server's words where it says no. */
async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail ?? said.title);
  return said;
}

/** Runs what a button does, with the button off meanwhile, and shows what went wrong. */
async function attempt(button, run) {
  button.disabled = true;
  find('problem').textContent = '';
  try {
    await run();
  } catch (error) {
    find('problem').textContent = error.message;
  } finally {
    button.disabled = false;
  }
}

find('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  void attempt(event.submitter ?? find('sign-in'), async () => {
    const user = await post('/api/session', { invite, password: find('password').value });
    userId = user.id;
    history.replaceState(null, '', '/invite');
    find('sign-in').hidden = true;
    find('signed-in').hidden = false;
    find('who').textContent = `You are signed in as ${user.name} (${user.email}).`;
  });
});

find('make-token').addEventListener('click', () => {
  void attempt(find('make-token'), async () => {
    const { token } = await post(`/api/users/${userId}/tokens`, { name: 'First token' });
    find('token-value').value = token;
    find('token').hidden = false;
    find('token-value').select();
  });
});

if (invite === '') {
  find('sign-in').hidden = true;
  find('problem').textContent = 'The link is not whole: what comes behind its "#" is missing.';
}
window.addEventListener('hashchange', () => location.reload());
