# What pages say, in English: the language that the others are translated from. Project Fluent (projectfluent.org);
# docs/languages.md says what of it we use. Names of messages begin with their page. `{ $brand }`, the name of this
# deployment, may stand in any of them.

## The language itself

language-name = English
language-direction = ltr
number-group = ,
date = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $year }
date-time = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $year }, { $time } UTC

## On several pages

page-dev = Dev mode, throw-away data
page-error = Error: { $title }
page-new-tab = (opens in a new tab)
page-email = E-mail address
page-password = Password
page-sign-in = Sign in
page-sign-out = Sign out
page-continue = Continue
page-continue-to = to continue to { $client }
page-signed-in-as = You are signed in as { $user }.
page-for-developers = For the developer of this app
page-privacy = Privacy policy
page-terms = Terms
page-links = About this site
page-support = Help
page-website = Website

## /login

login-title = Sign in
login-heading = Sign in to { $brand }
login-confirm = Confirm it’s you
login-confirm-why = This step needs a fresh check, so please enter your password again.
login-trouble = Trouble signing in?
login-trouble-help = Check the e-mail address, and that Caps Lock is off. Still no luck? Whoever runs { $brand } can give you a new password.
login-forgot = Forgot your password?
login-people = Or sign in with one click
login-wrong = That e-mail address and password don’t match an account here. Check both and try again.
login-throttled = { $seconds ->
    [one] Too many tries. Wait { $seconds } second, then try again.
   *[other] Too many tries. Wait { $seconds } seconds, then try again.
}

## /select

select-title = Choose an account
select-continue = Continue as { $user }
select-signed-in = Signed in
select-another = Use another account

## /consent

consent-title = { $client } asks for access
consent-wants = { $client } wants to use your { $brand } account
consent-wants-more = { $things ->
    [one] { $client } is asking for one more thing
   *[other] { $client } is asking for a few more things
}
consent-described-at = described at { $host }
consent-goes-to = answers go to { $host }
consent-approved = approved by { $brand } on { $day }
consent-third-party = not made by { $brand }
consent-local = This app runs on your own device, and { $brand } can’t tell whether it really is { $client }. Go on only if you have just started it yourself.
consent-signed-in-as = Signed in as { $user }
consent-switch = Switch account
consent-will = It will be able to
consent-will-also = It will also be able to
consent-new = New
consent-offline = Stay connected when you are away
    .detail = Untick this to allow only the current visit.
consent-before = What you allowed before ({ $count })
consent-places = Where it may do this
consent-only-you = It learns that it is you, and nothing else about you.
consent-workspace = Where it may act
consent-never = It will not see your password.
consent-allow = Allow
consent-deny = Cancel
consent-disconnect = You can disconnect { $client } at any time:

## What scopes and claims mean, on /consent

scope-profile = See your name and profile
    .detail = Name, picture, language and time zone.
scope-email = See your e-mail address
scope-address = See your postal address
scope-phone = See your phone number
scope-admin = Administer { $brand }
    .detail = Register and change apps, and manage people, as you can.
scope-tokens = Manage your API tokens
    .detail = See, make and delete tokens that act as you.
scope-workspaces = Manage your workspaces
    .detail = Rename those that you own or administer, and manage their people, as you can.
scope-sources-read = See which services your workspace can connect to
    .detail = Their names and settings, never their secrets.
scope-sources-write = Set up services that your workspace can connect to
    .detail = Add, change and remove them, as far as you can do so yourself.
scope-accounts-read = See your connected accounts
    .detail = Which accounts at other companies you have connected, and how they are doing. Not their tokens.
scope-accounts-write = Manage your connected accounts
    .detail = Rename, disable, share and delete the accounts at other companies that you manage.
scope-accounts-credentials = Use your connected accounts
    .detail = Act in your name at the other companies, as far as you allowed it there.
scope-accounts-credentials-of = Use your { $source } accounts
    .detail = Act in your name there, as far as you allowed it there.
scope-accounts-custody = Take your connected accounts with it
    .detail = Hand their lasting keys over to another system. They stop working here then.
scope-connect-write = Ask people to connect accounts
    .detail = Make links with which an account at another company is connected.
scope-webhooks-write = Be told what happens to connected accounts
    .detail = Messages when one is connected, fails or ends. Without tokens.
scope-unknown = { $scope }
    .detail = The app asks for this by its technical name.
claim-name = See your full name
claim-given-name = See your given name
claim-family-name = See your family name
claim-middle-name = See your middle name
claim-preferred-username = See your user name
claim-profile = See your profile page
claim-birthdate = See your date of birth
claim-zoneinfo = See your time zone
claim-locale = See your language
claim-email = See your e-mail address
claim-email-verified = See whether your e-mail address was checked
claim-phone-number = See your phone number
claim-phone-number-verified = See whether your phone number was checked
claim-address = See your postal address
claim-updated-at = See when your account last changed
claim-nickname = See your nickname
claim-picture = See your picture
claim-website = See your website
claim-gender = See your gender
claim-other = See your { $claim }

## /logout

logout-title = Sign out
logout-heading = Sign out of { $brand }?
logout-asked = { $client } ({ $host }) asked us to sign you out here too.
logout-come-back = You will need your password to come back.
logout-nobody = Nobody seems to be signed in on this browser. Signing out again does no harm.
logout-stay = Stay here
logout-done = You are signed out
logout-others = One moment: the other apps that you opened are signing you out too.
logout-left-for = You have left { $brand }. If { $client } still shows your data, sign out there as well.
logout-left = You have left { $brand } on this browser. Apps that you opened with it may still be signed in.
logout-shared = On a shared computer, close the window too.
logout-onward = Go on
logout-onward-to = Go on to { $client }
logout-again = Sign in again
logout-frame = Another app signs you out

## /setup

setup-title = Create the first administrator
setup-welcome = Welcome. This account looks after people, apps and connected accounts on { $brand }. You can add more administrators later.
setup-name = Your name
setup-password-hint = At least 8 characters. A few words in a row are easy to remember and hard to guess.
setup-create = Create administrator
setup-once = This link works once. Lost it? Run { $command } on the server for a new one.
setup-taken = There is an account with this address already.
setup-done = All set
setup-ready = Your administrator account is ready, and the set-up link no longer works.
setup-next = Next, register your first app on the server: { $command }

## /recover and /recover/new

recover-title = Forgot your password?
recover-what = Tell us your e-mail address, and we will send you a link with which you set a new one.
recover-do = Send the link
recover-back = Back to the sign-in
recover-off = { $brand } sends no mail, so it can’t send you a link. Whoever runs { $brand } can give you one, or a new password.
recover-sent = Look into your mail
recover-sent-what = If there is an account with this address, a mail with a link is on its way. The link is good for { $minutes } minutes.
recover-sent-next = Nothing there after a few minutes? Look among unwanted mail, and check that you wrote the address as you do when you sign in.
reset-title = Set a new password
reset-for = for { $user }
reset-password = New password
reset-do = Set password
reset-ends = You will be signed out everywhere, and sign in again with the new password.
reset-done = Your password is set
reset-done-what = You are signed out everywhere. Sign in with the new password.

## /verify

verify-title = Confirm your address
verify-what = Is { $email } your e-mail address?
verify-done = Address confirmed
verify-done-what = { $brand } knows now that { $email } is yours.

## /invite

invite-title = You are invited to { $brand }
invite-what = Make your account for { $email }.
invite-to-workspace = You are invited to { $workspace } as { $email }.
invite-accept = Create account
invite-join = Join
invite-joined = You are in { $workspace } now.
invite-ready = Your account is ready. Sign in with your e-mail address and the password that you chose.
invite-name = A name has at most 1000 characters, none of them control characters.

## Mails

mail-reset = Set a new password for { $brand }
mail-reset-why = Somebody, probably you, asked for a new password for your { $brand } account { $email }.
mail-reset-do = Set a new password
mail-reset-valid = The link works once, within { $minutes } minutes.
mail-reset-not-you = If it wasn’t you, there is nothing to do: your password stays as it is.
mail-changed = Your { $brand } password was changed
mail-changed-what = The password of your account { $email } was changed on { $at }. You were signed out everywhere.
mail-changed-not-you = If it wasn’t you, set a new password at once and tell whoever runs { $brand }.
mail-verify = Confirm your e-mail address for { $brand }
mail-verify-why = Is { $email } your address? Then confirm it, so that { $brand } can tell apps so.
mail-verify-do = Confirm this address
mail-invite = You are invited to { $brand }
mail-invite-why = Somebody invited you to { $brand } with the address { $email }.
mail-invite-workspace = There you will be in { $workspace }.
mail-invite-do = Accept the invitation
mail-days = { $days ->
    [one] The link works once, within { $days } day.
   *[other] The link works once, within { $days } days.
}
mail-not-you = If you don’t know what this is about, there is nothing to do.
mail-signin = New sign-in to your { $brand } account
mail-signin-what = Somebody signed in to your account { $email } with a browser that we haven’t seen before.
mail-signin-when = When: { $at }
mail-signin-where = Network address: { $address }
mail-signin-device = Device: { $device }
mail-signin-not-you = If it wasn’t you, set a new password at once: that ends all sessions.
mail-signin-you = If it was you, there is nothing to do.
mail-leaked = An API token of your { $brand } account was found in public
mail-leaked-what = The token { $token } of your account { $email } was reported on { $at }. It ended at once and opens nothing any more.
mail-leaked-where = It was found here: { $url }
mail-leaked-next = Make another one for the script that used it, and see whether your activity shows anything that you don’t recognise.
mail-leaked-do = Look at my tokens
mail-test = Test mail from { $brand }
mail-test-what = Mail from { $brand } arrives at this address. There is nothing to do.
mail-footer = Sent by { $brand } ({ $issuer }). Nobody reads answers to this mail.

## Passwords and addresses that can't be taken

password-short = Choose a password of at least { $least } characters; a few words in a row are easy to remember.
password-long = A password has at most { $most } bytes.
password-personal = A password must not be your name or address with something appended.
password-common = This password is of the kind that attackers try first; choose another.
email-long = An e-mail address has at most { $most } characters.
email-letters = An e-mail address is written in plain Latin letters without spaces.
email-invalid = This isn’t an e-mail address. It must look like name@example.com.

## /

home-title = Welcome
home-account = Your account
home-account-what = What can act for you, your password, where you are signed in
home-admin = Admin console
home-admin-what = People, apps, keys and what happened
home-workspaces = Your workspaces
home-workspaces-what = Who is in them, as what, and what acts there
home-signed-in = You are signed in
home-as = as { $user }
home-playground = Playground
home-playground-what = Try every flow in the browser
home-heading = One sign-in for your apps
home-what = { $brand } tells apps who you are, and lets you decide what they may do. It never shows them your password.
home-administrator = Administrator
home-dev = Dev mode
home-developers = For developers:
home-discovery = OpenID Connect discovery

## /account

account-sections = On this page
account-more = Show more
account-older = Show older
account-newest = Back to the newest
account-at = { $time }
account-who = { $user }
account-apps = What can act for you
account-apps-what = Apps that may use your { $brand } account. Disconnect one, and its access ends at once.
account-apps-none = No app can act for you.
account-app = { $client }
account-app-idle = Not connected now
    .detail = It would not have to ask you again for this:
account-app-stays = Stays connected
account-app-leaves = Only while you use it
account-app-workspace = in { $workspace }
account-app-since = allowed on { $day }
account-app-used = last used { $time }
account-app-end = Disconnect
account-app-end-named = Disconnect { $client }
account-app-ended = The app is disconnected. It can’t act for you any more, and has to ask you again.
account-tokens = API tokens
account-tokens-what = Tokens let your own scripts act as you, in one workspace. Treat them like passwords.
account-tokens-none = You have no API tokens.
account-tokens-used = { $used } of { $most } used
account-tokens-used-in = { $used } of { $most } used in { $workspace }
account-token = { $token }
account-token-ends = ends in { $hint }
account-token-since = made on { $day }
account-token-used = last used { $time } from { $network }
account-token-unused = never used
account-token-until = good until { $day }
account-token-over = Over
account-token-all = Everything that you may do
account-token-end = Delete
account-token-end-named = Delete { $token }
account-token-ended = The token is deleted. It opens nothing any more.
account-token-made = Copy your new token { $token } now. It isn’t shown again.
account-token-name = What is it for?
account-token-lives = How long is it good?
account-token-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
account-token-forever = Until I delete it
account-token-workspace = Where does it act?
account-token-scopes = What may it do?
account-token-scopes-hint = Choose nothing, and it may do everything that you may.
account-token-make = Make a token
account-token-name-wrong = A token needs a name, of at most 100 characters.
account-token-too-many = You have as many tokens there as you may have. Delete one first.
account-token-slow = You made many tokens just now. Wait a minute.
account-token-not-in = Choose one of the workspaces in the list.
account-connections = Connected accounts
account-connections-none = None yet. Accounts of yours at other services will be listed here.
connection-active = Works
connection-disabled = Disabled
connection-degraded = Has trouble
connection-uncertain = Being cleared up
connection-shared = Shared with you
connection-open = Details
connection-open-named = Details of { $connection }
connection-refreshed = renewed { $time }
connection-why-revoked = The service doesn’t accept our access any more: it was taken back there, or the app was removed. Connect it again.
connection-why-lost = An answer of the service was lost on the way, and it doesn’t accept what we still have. You did nothing wrong. Connect it again.
connection-why-expired = The service lets access live only so long, and that time is over. Connect it again.
connection-why-uninstalled = The app was removed at the service. Add it there again, then connect it again.
connection-why-scope = What the service allows isn’t enough any more. Connect it again and allow all of it.
connection-why-owner = Its owner left the workspace. An administrator can give it to somebody else, or delete it.
connection-why-user = Somebody here disabled it. Enable it to use it again.
connection-why-freed = Its access was handed out to be kept elsewhere. Connect it again to use it here.
connection-back = Back to your account
connection-state = How it is
connection-verified = the service confirmed whose it is
connection-unverified = the service doesn’t say whose it is
connection-until = must be allowed again by { $day }
connection-reconnect = Connect again
connection-disable = Disable
connection-enable = Enable
connection-shares = Who else may use it
connection-private = Nobody. Only you know that it is here.
connection-everyone = Everyone in the workspace
connection-share-until = until { $day }
connection-unshare = Stop sharing
connection-share-with = Share with
connection-share-hint = Of a member the e-mail address, of a program its client id; nothing for everyone.
connection-share-level = What may they do?
connection-share = Share
connection-level-view = See that it is here
connection-level-use = Use it
connection-level-manage = Use and manage it
connection-timeline = What happened
connection-at = { $time }
connection-reads = Who used it
connection-reads-none = Nobody yet.
connection-delete = Delete
connection-delete-what = Our access is given back to the service where that can be done, and forgotten here. Apps that use it stop working.
connection-sure = Yes, delete this connection
connection-sure-needed = Tick the box to delete it.
connection-deleted = The connection is deleted.
connection-not-member = Nobody in this workspace has this address. Ask an administrator to take them in.
connection-reconnect-needed = This can’t be enabled from here. Connect it again.
connection-unreachable = The service can’t be asked right now, so nobody knows whether it still works. Try again in a moment.
connection-event-connected = Connected
connection-event-reconnected = Connected again
connection-event-refreshed = Access renewed
connection-event-recovered = Works again
connection-event-degraded = Has trouble
connection-event-disabled = Disabled
connection-event-enabled = Enabled
connection-event-freed = Access handed out
connection-event-taken = Access taken back
account-profile = Profile
account-name = Name
account-name-letters = A name has at most { $most } characters, all of them visible.
account-language = Language
account-language-browser = As your browser says
account-language-unknown = Choose one of the languages in the list.
account-email = Your e-mail address is { $email }. Whoever runs { $brand } can change it.
account-save = Save
account-profile-saved = Your profile is saved.
account-profile-stale = Your account was changed elsewhere just now. Look at it again, then save.
account-security = Security
account-password-current = Current password
account-password-new = New password
account-password-others = You stay signed in here and are signed out everywhere else.
account-password-change = Change password
account-password-changed = Your password is changed. You are signed out everywhere else.
account-password-wrong = That isn’t your current password. Nothing was changed.
account-password-same = That is the password that you have. Choose another one.
account-password-none = Your account has no password.
account-sessions = Where you are signed in
account-session-this = This device
account-session-network = from { $network }
account-session-since = signed in { $time }
account-session-seen = last seen { $time }
account-session-end = Sign out { $device }
account-session-ended = That device is signed out.
account-sessions-end = Sign out everywhere else
account-sessions-ended = You are signed out everywhere else.
account-activity = Activity
account-activity-none = Nothing yet.
device-both = { $browser } on { $system }
device-one = { $device }
device-unknown = Unknown device
activity-allowed = You let { $client } act for you
activity-declined = You didn’t let { $client } act for you
activity-withdrawn = You disconnected { $client }
activity-signed-in = You signed in
activity-confirmed = You confirmed that it’s you
activity-refused = Somebody tried a wrong password
activity-signed-out = You signed out
activity-device-out = You signed out another device
activity-others-out = You signed out everywhere else
activity-created = Your account was made
activity-enabled = Your account was opened again
activity-disabled = Your account was closed
activity-role = You were given another role
activity-password-set = An administrator gave you another password
activity-password-reset = You set another password with a link
activity-reset-asked = A link for another password was asked for
activity-verified = Your address was confirmed
activity-joined = You accepted an invitation
activity-password-changed = You changed your password
activity-profile = You changed your profile
activity-token-made = You made an API token
activity-token-deleted = An API token of yours was deleted
activity-token-leaked = An API token of yours was found in public, and ended
activity-signed-out-by = An administrator signed you out everywhere

## On the way back to an app

onward-title = Continue to { $client }
onward-heading = Taking you to { $client }
onward-no-scripts = Your browser doesn’t run scripts here, so one more press is needed.

## When something stops: what happened; why; what to do next

error-restart = Start again
error-reference = Reference

stopped-form = That didn’t work
    .sentence = We can’t read this form.
    .next = Go back and try again.
stopped-link = That didn’t work
    .sentence = We can’t read this link.
    .next = Go back and try again.
stopped-too-long = That didn’t work
    .sentence = The e-mail address or the password is too long.
    .next = Go back and try again.
stopped-no-person = That didn’t work
    .sentence = There is no such person here.
    .next = Go back and try again.
stopped-not-yours = There is nothing like that here
    .sentence = It isn’t yours, or it has ended already.
    .next = Go back to your account and look again.
stopped-logout-twice = That didn’t work
    .sentence = This sign-out link has a parameter twice.
    .next = Go back and try again.
stopped-logout-state = That didn’t work
    .sentence = The state of this sign-out link is too long; it has at most { $most } bytes.
    .next = Go back and try again.
stopped-more-than-asked = That didn’t work
    .sentence = The form allows more than the app asked for.
    .next = Go back and try again.
stopped-no-choice = That didn’t work
    .sentence = Choose Allow or Cancel.
    .next = Go back and try again.
stopped-no-workspace = That didn’t work
    .sentence = Choose one of your workspaces.
    .next = Go back and try again.
stopped-forged = We can’t tell that this came from you
    .sentence = The form wasn’t sent from our own page in this browser, or your browser blocks the cookie that tells us so.
    .next = Allow cookies for this site, open the page again and repeat what you did.
stopped-expired = This page got old
    .sentence = It waited too long, was finished in another tab, or was opened in another browser.
    .next = Go back to the app that you came from and start again.
stopped-busy = Too much is going on right now
    .sentence = We couldn’t take care of this in time. Nothing was lost.
    .next = Try again in a few seconds.
stopped-fault = Our fault
    .sentence = Something went wrong on our side. It has been logged; your data is safe.
    .next = Try again, and tell whoever runs this site the reference below if it happens again.
stopped-setup-link = This set-up link doesn’t work any more
    .sentence = It was used already, or its hour is over.
    .next = Whoever runs this server can make a new one: symbolon user setup-link
stopped-unknown-client = This sign-in link isn’t complete
    .sentence = The app that sent you here isn’t known to us, so we can’t tell where to send you back. Nothing was shared.
    .next = Go back to the app and try again, or tell its makers.
stopped-not-approved = This app may not be used here yet
    .sentence = It has introduced itself to { $brand }, but whoever runs { $brand } hasn’t let it in. Nothing was shared.
    .next = Ask whoever runs { $brand } to approve it, then try again.
stopped-document = We can’t tell which app this is
    .sentence = The app that sent you here describes itself on a page of its own, and we can’t use what is there. Nothing was shared.
    .next = Go back to the app and try again, or tell its makers; the details below help them.
stopped-document-busy = We can’t tell which app this is
    .sentence = The app that sent you here describes itself on a page of its own, and too many such pages are being read right now. Nothing was shared.
    .next = Wait a minute, then go back to the app and try again.
stopped-sealed = This sign-in link can’t be read
    .sentence = { $client } sent a sealed request that we can’t use. Nothing was shared.
    .next = Please tell the support of { $client }; the reference below helps them.
stopped-redirect = We can’t send you back to { $client }
    .sentence = The app asked us to use an address that isn’t on its list. Nothing was shared.
    .next = Please tell the support of { $client }; the reference below helps them.
stopped-client-changed = The app has changed
    .sentence = It changed what it says about itself while you were looking. Nothing was shared.
    .next = Go back to the app and start again; then you see what it says now.
stopped-decided = You have decided this already
    .sentence = The form was sent twice, or another tab was faster.
    .next = Go back to the app; if it isn’t connected, start again there.
stopped-reset-link = This link doesn’t work any more
    .sentence = It was used already, a newer one was sent, or its half hour is over.
    .next = Ask for a new one under “Forgot your password?” on the sign-in page.
stopped-verify-link = This link doesn’t work any more
    .sentence = It was used already, a newer one was sent, or its time is over.
    .next = Ask whoever runs { $brand } to send you a new one.
stopped-invite-link = This invitation doesn’t work any more
    .sentence = It was accepted already, taken back, or its time is over.
    .next = If you have an account, sign in. Otherwise ask whoever invited you for a new one.
stopped-invite-other = This invitation is for somebody else
    .sentence = It is for { $email }, and you are signed in with another account.
    .next = Sign out, then open the invitation again.

## Console

console-overview = Overview
console-clients = Clients
console-users = Users
console-workspaces = Workspaces
console-grants = Grants
console-keys = Keys
console-registration = Registration
console-audit = Audit
console-settings = Settings
console-named = { $name }
console-role-owner = Owner
console-role-admin = Admin
console-role-auditor = Auditor
console-role-user = No role
console-missing = There is nothing here
    .sentence = The address is wrong, what was here is gone, or it is not for you.
    .next = Check the address, or ask an owner of { $brand } for access.
console-only-looks = Auditors look and change nothing
    .sentence = Your role lets you see everything here. Nothing was changed.
    .next = Ask an admin to make this change.
console-forbidden = You may not do this
    .sentence = It is for people with another role. Nothing was changed.
    .next = Ask an owner of { $brand }.
console-stale = Somebody else changed it since you opened this page. What you typed is still here: look at the facts above, then save again.
console-confirm-wrong = That is not what was asked for. Nothing was deleted or changed.
console-not-done = Nothing was changed. Something in the form needs another look.
console-moment = { $at }
console-number = { $n }
console-confirm = Type { $name } to confirm
console-skip = Skip to the content
console-you = Signed in as { $user }
console-navigation = Console
console-next = Next page
console-more = More settings
console-name = Name
console-client-id = client_id
console-kind = Kind
console-state = State
console-since = Since
console-changed = Last changed
console-no-clients = No clients here. Register the first one, or search for something else.
console-new-client = Register a client
console-search = Search
console-find = Find
console-enabled = Enabled
console-disabled = Disabled
console-which-kind = Which kind of app is it?
console-register = Register
console-kinds = Kinds of apps
console-client-made = The client is registered.
console-secret = client_secret
console-secret-once = Copy the secret now: it is shown only this once. If you lose it, make a new one on the page of the client.
console-secret-made = The client has a new secret.
console-to-client = To the page of the client
console-program = { $language } with { $library }
console-programs = Programs to copy
console-programs-what = Whole programs that use this client. Instead of its secret they may hold a placeholder.
console-kind-web = Web app
    .what = Runs on a server, which can keep a secret.
console-kind-single-page = Single-page app
    .what = Runs in the browser. It has no secret; PKCE protects it.
console-kind-native = Native app
    .what = Is installed on a phone, a desktop or a command line.
console-kind-machine = Machine
    .what = A service or a job that acts for itself; nobody signs in.
console-kind-mcp = MCP client
    .what = An assistant that uses tools of MCP servers for a person.
console-field-name = Name
    .hint = People see it when they decide.
console-field-redirect = Redirect URIs
    .hint = One per line. They are compared letter by letter; a native app may use any port on 127.0.0.1.
console-field-scope = Scopes
    .hint = What the app may ask for, with spaces between.
console-field-post-logout = Redirect URIs after signing out
    .hint = One per line. May stay empty.
console-field-resources = Resources
    .hint = Addresses of the APIs or MCP servers that it may have tokens for, one per line. Empty means any.
console-field-auth = How it authenticates
console-field-grants = Grant types
console-field-application = Where it runs
console-field-jwks = Address of its public keys
    .hint = For signed JWTs: an https address with its JWK set.
console-field-backchannel = Where it is told of sign-outs
console-field-website = Website
console-field-logo = Logo
console-field-policy = Privacy policy
console-field-terms = Terms
console-field-contacts = Contacts, one per line
console-field-format = Access tokens
console-field-pkce = PKCE is required
console-field-trusted = Trusted: people are not asked for consent
    .hint = Only for apps of your own.
console-field-resource-server = It may introspect the tokens of other clients
console-auth-basic = Secret in the header (client_secret_basic)
console-auth-post = Secret in the form (client_secret_post)
console-auth-key = Signed with its key (private_key_jwt)
console-auth-none = Not at all (none)
console-application-any = Anywhere
console-application-web = On a server (web)
console-application-native = On a device (native)
console-format-opaque = Opaque: ending them holds at once
console-format-jwt = JWT: can be checked offline
console-grant-code = A person signs in (authorization_code)
console-grant-refresh = It stays connected (refresh_token)
console-grant-machine = It acts for itself (client_credentials)
console-grant-implicit = Tokens through the browser (implicit)
console-save = Save
console-edit = Change the settings
console-registered-by = Registered by
console-try-title = Test a redirect URI
console-try-what = Paste what the app sends as redirect_uri.
console-try-uri = Redirect URI
console-try = Test
console-matches = It matches { $uri }.
console-matches-not = It matches none of them. People would see an error page.
console-differs = Differs
console-differs-slash = Only by a slash at the end
console-differs-case = Only in upper and lower case
console-differs-scheme = In the scheme
console-differs-port = In the port
console-differs-query = Only in the query
console-differs-path = In the path
console-differs-host = In the host, or altogether
console-no-uris = No redirect URI is registered.
console-secrets = Secrets
console-no-secret = This client has no secret.
console-ends-in = Ends in
console-until = Until
console-current = Current
console-overlap = How long the old secret still works
console-overlap-hours = { $hours ->
    [0] Not at all
    [one] { $hours } hour
   *[other] { $hours } hours
}
console-rotate-secret = Make a new secret
console-danger = Stop and delete
console-disable = Disable
console-enable = Enable
console-disable-client-what = Its grants and tokens end at once and do not come back.
console-delete-client = Delete the client
console-delete-client-what = Deleting ends everything that people allowed it. It can’t be undone.
console-email = E-mail address
console-role = Role
console-role-member = Member
console-no-users = Nobody here. Make the first account, or search for something else.
console-new-user = New account
console-password-hint = May stay empty: then the person can’t sign in with a password.
console-workspace = Workspace
console-user-id = sub
console-claims = Claims
console-sessions = Sessions
console-yes = Yes
console-no = No
console-in-none = In no workspace.
console-disable-user-what = Their sessions, grants and tokens end at once.
console-sign-out = Sign out everywhere
console-sign-out-what = All sessions of this person end, and their apps are told.
console-set-password = Set a password
console-set-password-what = The person is signed out everywhere. Tell them the password in a safe way.
console-delete-user = Delete the account
console-delete-user-what = Deleting ends everything that this person allowed. It can’t be undone.
console-not-one = Choose one of the list.
console-slug = Slug
console-slug-hint = Small letters, digits and hyphens. Programs know the workspace by it; it never changes.
console-members = Members
console-no-workspaces = No workspaces here.
console-no-members = Nobody is in it.
console-new-workspace = New workspace
console-remove = Remove
console-put = Add or change role
console-put-what = Somebody who is a member already gets the other role.
console-nobody = There is no account with this address or identifier.
console-delete-workspace = Delete the workspace
console-delete-workspace-what = Everything that was allowed in it ends; its people keep their accounts.
console-action = Action
console-actor = Who
console-object = To what
console-when = When
console-address = From
console-detail = Detail
console-from = Since (2026-11-22)
console-no-events = Nothing happened that fits.
console-export = Export as { $shape }
console-key = Key
console-key-next = Next
console-key-active = Signs
console-key-retired = Retired
console-algorithm = Algorithm
console-made = Made
console-signs-since = Signs since
console-age = Age
console-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
console-retire = Retire
console-retire-what = { $kid } stops at once; if it signs, another key takes over. What it signed still verifies for a while.
console-no-keys = No signing keys yet.
console-rotate = Rotate
console-rotate-what = Keys change by themselves. By hand, announce the next one: no app then meets a key that it can’t know yet.
console-announce = Announce the next one; it takes over by itself
console-rotate-now = Rotate now
console-invite = Make an invitation
console-invites = Invitations
console-invites-what = Whoever holds the token of one may register an app at /oauth2/register, where that is switched on.
console-no-invites = No invitations.
console-uses = How many registrations
console-days-good = For how many days
console-used-of = Used
console-of = { $used } of { $uses }
console-revoke = Revoke
console-token = Initial access token
console-token-once = Copy the token now: it is shown only this once.
console-seen = Clients that came by
console-seen-what = They are described by documents of their own; nobody registered them here.
console-no-seen = None came by.
console-last-seen = Last seen
console-block = Block
console-unblock = Unblock
console-grants-what = What people allowed clients. Find them by person or by client.
console-person = Person: address or sub
console-client = Client
console-used = Last used
console-end = End
console-end-all = End all of them
console-end-all-what = Their tokens die at once.
console-no-grants = No grant lives.
console-tokens = API tokens
console-no-tokens = No API tokens.
console-token-until = Good until
console-token-one = Token
console-token-named = { $name } (… { $hint })
console-field-limit = Requests a second
    .hint = Empty: as the settings say. 0: no limit.
console-limit = Set the limit
console-limit-wrong = Write a whole number, 0 for no limit, or nothing.
console-limit-workspace = For all API tokens and apps in this workspace together.
console-setting = Setting
console-value = Value
console-source = From
console-settings-what = The settings that are in force. They are changed in the configuration, not here.
console-no-settings = It isn’t known where the settings came from.
console-masked = Set, not shown
console-source-default = Default
console-source-file = File { $path }
console-source-env = Environment, { $name }
console-source-flag = Command line, { $name }
console-source-derived = From another setting
console-well = Well
console-unwell = Doesn’t answer
console-database = Database
console-database-kind = Kind of database
console-issuer = Issuer
console-version = Version
console-day = The last 24 hours
console-chart-requests = Requests
console-chart-errors = Server errors
console-chart-sign-ins = Sign-ins
console-chart-grants = Active grants
console-chart-said = { $total } in all, { $most } at most in one hour
console-jobs = Background work
console-jobs-what = What servers do on their own. Each does all of it; together they do each thing once.
console-waiting = What waits
console-mails-waiting = Mails
console-notices-waiting = Notices of sign-outs
console-here = On the server that made this page
console-job = What
console-ran = Last done
console-rests = Rests for
console-took = Took
console-runs = Times done
console-failures = Times failed
console-millis = { $n } ms
console-seconds = { $n } s
console-job-failed = Failed
console-no-jobs = Nothing was done yet. Look again in a minute.
console-job-notice = Notice what other servers change
console-job-keys = Hand over signing keys
console-job-purge = Delete what is over
console-job-registry = Tidy up what registered itself
console-job-sightings = Write down which clients came by
console-job-trail = Link the audit trail
console-job-pulse = Count for the charts
console-job-sign-outs = Tell apps of sign-outs
console-job-mails = Hand mails over
console-invite-person = Invite somebody
console-invitations = Invitations
console-invite-what = They get a link with which they make their account, or join with the one that they have. It is good once, for a week.
console-invite-link = Invitation link
console-invite-once = Copy the link now: it is shown only this once. Whoever has it can use it.
console-invite-mailed = It was mailed to { $email } too.
console-no-invitations = Nobody is invited.
console-change-role = Change the role
console-role-what = Of somebody who is a member. Whoever isn’t yet is invited below.
console-no-member = Nobody here has this address. Invite them instead.
console-managed-what = Those that you manage.
console-role-manager = Workspace admin
console-apps = Apps
console-apps-what = What acts in this workspace, and for how many people.
console-no-apps = No app acts in it.
console-more-apps = There are more: /v1/workspaces lists them all.
console-people = People
console-attention = What needs attention
console-no-attention = Nothing. All is well.
console-numbers = Numbers
console-health = Health
console-at-least = { $n } or more
console-one-admin = You are the only admin. Make another person an admin, so that nobody is locked out.
console-old-key = The key for { $alg } is older than it should be. Look at the log of the background jobs, or rotate it.
console-open-registration = Anyone may register an app (registration is open).
console-open-cimd = Apps with a document of their own may come from any host (cimd is on).
console-legacy = Response types that bring tokens through browsers are allowed (legacy_response_types).
console-plain-http = The issuer is plain http. That is for one’s own machine only.

## Passkeys, on /login, /account and where it is asked who is there

login-passkey = Sign in with a passkey
login-use-password = Use your password instead
login-more-why = This app asks for more than you signed in with: your password and a code, or a passkey.
login-passkey-why = This app asks for a sign-in with your passkey.
login-passkey-refused = That passkey can’t be used here. Try again, use another one, or use your password.
passkeys = Passkeys
passkeys-what = Sign in with your fingerprint, your face or the PIN of your device. Nobody can steal or guess it, and there is nothing to remember.
passkey-synced = On your devices
passkey-since = added on { $day }
passkey-rename = Rename
passkey-remove = Remove
passkey-remove-named = Remove the passkey { $passkey }
passkey-new = Add a passkey
passkey-new-what = Your browser asks you where to keep it: on this device, on your phone, or on a security key.
passkey-name = Name
passkey-name-hint = You recognise it by this later.
passkey-create = Create passkey
passkey-no-scripts = Passkeys need scripts, which are off in your browser. Your password works without.
passkey-impossible = Passkeys need an address with a name, and this server is reached by a number. Whoever runs { $brand } can change that.
passkey-failed = Your browser or device didn’t finish that. Try again.
passkey-known = This device has a passkey for your account already.
passkey-not-made = That passkey couldn’t be checked. Nothing was changed; try again.
passkey-enough = You have { $most } passkeys, and that is the most. Remove one that you don’t use.
passkey-last = You have no password, so this passkey is your only way in. Add another one first.
passkey-added = Your passkey is added. Use it the next time you sign in.
passkey-renamed = Your passkey has a new name.
passkey-removed = Your passkey is removed. Delete it on your device too.
activity-passkey-added = You added a passkey
activity-passkey-renamed = You renamed a passkey
activity-passkey-removed = You removed a passkey
activity-passkey-refused = A passkey of yours was refused: it looked like a copy
activity-verified-again = You proved again who you are
mail-signin-changed = How you sign in to { $brand } was changed
mail-signin-changed-not-you = If it wasn’t you, set a new password at once and look at Security on your account page.
mail-passkey-added = The passkey { $passkey } was added to the account { $email }.
mail-passkey-removed = The passkey { $passkey } was removed from the account { $email }.
sudo-title = Verify it’s you
sudo-why = You are signed in as { $user }. What you are about to do needs a fresh proof of it; then it goes on.
sudo-passkey = Use your passkey
sudo-cancel = Back to your account
sudo-no-way = You have neither a password nor a passkey to prove it with. Sign out, and sign in again.

## Codes of an app, and recovery codes: the second step

second-title = Enter your code
second-what = Your password is right. Now enter the code that your app shows.
second-code = Six-digit code
second-wrong = That code isn’t right, or it was used before. Wait for the next one and try again.
second-lost = Lost your app?
second-recovery = One of your recovery codes
second-recovery-do = Use recovery code
second-lost-all = No recovery codes either? Whoever runs { $brand } can help you once they know that it is you.
codes = Codes of an app
codes-what = After your password you are asked for a code that an app on your phone shows. Who has stolen your password isn’t in yet.
codes-app = App that shows codes
codes-since = set up on { $day }
codes-remove = Remove the app that shows codes
codes-new = Set up codes
codes-new-what = Open an app that shows codes (often called “authenticator”) and scan this picture with it.
codes-qr = QR code for your app
codes-typed = Or type this key into it:
codes-confirm = Turn on
codes-wrong = That isn’t the code of this key at this moment. Look at your app again; the clock of your phone must be right.
codes-need-password = Codes are the second step after a password, and your account has none.
codes-on = Codes are on: you are asked for one each time you sign in with your password.
codes-off = Codes are off. Your password alone signs you in.
recovery = Recovery codes
recovery-what = Print these, or keep them where you keep your passwords. Each lets you in once instead of a code of your app. They are shown only now.
recovery-kept = I have kept them
recovery-left = { $left ->
    [0] None left: make new ones
    [one] { $left } code left
   *[other] { $left } codes left
}
recovery-renew = Make new ones
activity-codes-on = You turned on codes of an app
activity-codes-off = You turned off codes of an app
activity-recovery-new = You made new recovery codes
activity-recovery-used = A recovery code of yours was used
activity-factors-reset = An administrator removed your passkeys and codes
mail-codes-on = Signing in to the account { $email } needs a code of an app from now on.
mail-codes-off = Signing in to the account { $email } needs no code of an app any more.
mail-recovery-new = There are new recovery codes for the account { $email }. Those of before are good for nothing.
mail-recovery-used = { $left ->
    [0] A recovery code was used to sign in to the account { $email }. It was the last one: make new ones on your account page.
    [one] A recovery code was used to sign in to the account { $email }. { $left } is left.
   *[other] A recovery code was used to sign in to the account { $email }. { $left } are left.
}
mail-factors-reset = An administrator removed all passkeys and codes from the account { $email }. Your password alone signs you in.
console-reset-factors = Remove passkeys and codes
console-reset-factors-what = For who has lost them: passkeys, codes and recovery codes are gone, all sessions end, and the person is told by mail. Be sure who is asking.

## Accounts of people's own making, and how good a password is

login-signup = No account yet? Create one
signup-title = Create an account
signup-what = Tell us your e-mail address. We send you a link with which you go on.
signup-have = I have an account
signup-sent = A mail is on its way that says how to go on. Its link is good for { $hours } hours.
signup-sent-next = Nothing there after a few minutes? Look among unwanted mail, and check that you wrote the address right.
signup-finish = Choose a name and a password
signup-domain = Accounts here are for addresses of { $domains }.
stopped-signup-closed = There is nothing here
    .sentence = People don’t create accounts here by themselves.
    .next = Ask whoever runs this server to invite you.
stopped-signup-link = This link doesn’t work any more
    .sentence = It was used, a newer one was sent, or its time is over.
    .next = Go to the sign-in and create an account again; we will send you another link.
mail-signup = Finish your account at { $brand }
mail-signup-why = Somebody, hopefully you, wants an account at { $brand } with the address { $email }.
mail-signup-do = Finish my account
mail-hours = The link works once, for { $hours } hours.
mail-have = You have an account at { $brand }
mail-have-why = Somebody, hopefully you, wanted a new account at { $brand } with the address { $email }. There is one already: sign in with it.
mail-have-forgot = Forgot your password? Set a new one at { $link }
meter = How good this password is
meter-short = Too short
meter-guessable = Easy to guess
meter-fair = Fair; longer is better
meter-good = Good
meter-best = Very good

sources = Sources
sources-what = Applications of yours at other companies, with which people connect their accounts there.
sources-none = There are none yet.
source-new = Add a source
source-type = Kind
source-accounts = Accounts
source-active = Active
source-misconfigured = Refused by the provider
source-paused = Paused
source-since = Since
source-choose = Where is it?
source-other = Something else
source-checked = last checked { $day }
source-unverified = { $n ->
    [one] one fact isn’t verified
   *[other] { $n } facts aren’t verified
}
source-id-is = What accounts are called: { $meaning }
source-make = Add
source-client-id = Client id at the provider
source-secret = Client secret
source-scopes = Scopes
source-scopes-hint = One a line; empty for { $scopes }
source-redirect-uri = Register this redirect URI at the provider, exactly
source-verify = Check
source-verify-what = Asks the provider whether it knows this client id and secret. Nothing else happens.
source-verified = The provider knows this client id, and the secret is right.
source-refused = The provider refuses the client id or the secret: { $error }. Accounts are untouched and wait.
source-unclear = The provider’s answer tells neither yes nor no: { $error }
source-unreachable = The provider can’t be reached right now.
source-unverifiable = This can’t be checked before somebody has connected.
source-pause = Pause
source-start = Start again
source-new-secret = New client secret
source-keep-old = Keep the one from before beside it, until you have removed it at the provider
source-set-secret = Set the secret
source-secret-what = With two of them nothing stops while you change it.
source-delete = Delete the source
source-delete-what = All accounts that are connected with it are deleted too. This can’t be undone.
source-scopes-lines = One a line
source-space = a space

## /connect: an account at another company

connect-title = Connect { $provider }
connect-whose = An account of yours at { $provider } becomes available in { $workspace }, as an account of { $person }.
connect-confirm = Whatever account at { $provider } you connect will be used by { $person } in { $workspace }. Go on only if you know them and were waiting for this link.
connect-repair = The account { $account } needs you once more: allow access to it again at { $provider }.
connect-how = You sign in at { $provider } itself. We never see your password there.
connect-go = Continue to { $provider }
connect-do = Connect
connect-again = Try again
connect-optional = optional
connect-kept = It is kept encrypted, and used only to talk to { $provider }.
connect-field-wrong = Look at “{ $field }” again: it isn’t as it must be.
connect-rejected = The provider doesn’t accept this. Check that it is whole and still valid.
connect-later = The provider doesn’t answer right now. Nothing was kept; try again in a moment.
connect-connected = { $account } is connected
    .sentence = Access to { $provider } is set up and will be kept alive for you.
    .next = You can close this window.
connect-received = Your part is done
    .sentence = { $provider } has let us in.
    .next = Go back to the app from which you came; it finishes the rest.
connect-waits = One moment
    .sentence = { $provider } is being asked who you are.
    .next = This page looks again by itself.
connect-user-denied = Nothing was connected
    .sentence = Access was declined at the provider.
    .next = If that was a mistake, begin again and allow it there.
connect-admin-consent = An administrator must allow this
    .sentence = At the provider only an administrator of your organisation may let apps in.
    .next = Ask them to allow this app, then begin again.
connect-approval-pending = Your request is with an administrator
    .sentence = The provider has asked an administrator of your organisation.
    .next = Begin again once they have said yes.
connect-insufficient-scope = Not everything was allowed
    .sentence = The provider granted less than is needed, so nothing was kept.
    .next = Begin again and leave everything ticked.
connect-wrong-account = This is another account
    .sentence = At the provider you were signed in with another account than the one that was to be connected. Nothing was changed.
    .next = Sign out there, sign in with the right account, and begin again.
connect-taken = This account is connected already
    .sentence = Somebody else has connected it here before you.
    .next = Ask them to share it with you.
connect-expired = This connection doesn’t wait any more
    .sentence = Its time is over, it was ended, or it was begun anew in another tab.
    .next = Go back to where you came from and begin again.
connect-browser-mismatch = This is another browser
    .sentence = The connection was begun in another browser, so it can’t be finished in this one. Nothing was connected.
    .next = Begin again in this browser.
connect-session-mismatch = This connection is somebody else’s
    .sentence = It was made for another person than the one who is signed in here. Nothing was connected.
    .next = Sign in as the person who it is for, and begin again. If somebody sent you the link, don’t.
connect-issuer-mismatch = This answer isn’t from the provider
    .sentence = It names another sender than the one that you were sent to. Nothing was connected.
    .next = Begin again. If it happens once more, tell whoever runs { $brand }.
connect-code-rejected = The provider didn’t complete it
    .sentence = It no longer accepted the confirmation that it had given you. That happens when it takes too long.
    .next = Begin again.
connect-credentials-rejected = The provider doesn’t accept this
    .sentence = What it was shown isn’t valid there. Nothing was kept.
    .next = Begin again, and check that everything is whole and still valid.
connect-provider-error = The provider couldn’t complete it
    .sentence = It answered with an error, or not at all. Nothing was kept.
    .next = Wait a moment and begin again.
connect-no-refresh-token = Access wouldn’t last
    .sentence = The provider gave nothing with which access could be kept alive, so nothing was kept.
    .next = Remove this app in your settings at the provider, then begin again.
connect-source-misconfigured = Connecting isn’t possible right now
    .sentence = The provider refuses the application with which accounts are connected here. That isn’t your doing.
    .next = Tell an administrator of your workspace.
connect-no-account = There is no such account
    .sentence = It was deleted, or it isn’t yours to connect.
    .next = Check the address, or that you are signed in as the right person.

## Connections, for those who look after a workspace
console-connections = Connections
activity-connection-opened = An administrator opened a connection of yours
mail-opened = A connection of yours was opened at { $brand }
mail-opened-what = { $who }, who looks after your workspace, opened your connection { $connection } on { $at }.
mail-opened-why = The reason given: { $reason }
mail-opened-until = Until { $until } they can see, use, change and give it away like you.
mail-opened-do = See what they did
mail-opened-not-right = If you don’t know why, ask them. What they do is written down.
connection-opened = { $who }, who looks after the workspace, has this open until { $until }: “{ $reason }”
connection-transfer = Give to somebody else
told-revoked = Disabled: the service doesn’t accept our access any more
told-lost = Disabled: an answer of the service was lost on the way
told-expired = Disabled: the time for which the service gives access is over
told-uninstalled = Disabled: the app was removed at the service
told-scope = Disabled: what the service allows isn’t enough any more
told-owner-gone = Disabled: its owner left the workspace
told-busy = The service asks us to come less often
told-silent = The service can’t be reached
told-source = The service doesn’t accept how we ask
told-due = Must be allowed again by { $day }
told-renamed = Called { $name } from then on
told-shared = { $level ->
    [view] Shared with { $who }, to be seen
    [use] Shared with { $who }, to be used
   *[manage] Shared with { $who }, to be used and managed
}
told-shared-all = { $level ->
    [view] Shared with everyone in the workspace, to be seen
    [use] Shared with everyone in the workspace, to be used
   *[manage] Shared with everyone in the workspace, to be used and managed
}
told-unshared = Not shared with { $who } any more
told-unshared-all = Not shared with everyone in the workspace any more
told-transferred = Given to { $who }
told-transferred-workspace = Given to the workspace
told-given-back = Access given back to the service
told-arrived = What was handed out is forgotten here
told-opened = Opened by break-glass: “{ $reason }”
told-closed = Closed again
told-other = { $kind }
told-by-person = by { $who }
told-by-app = by the app { $who }
told-by-operator = by whoever runs this server
told-by-service = by the service, or its user there
told-by-nobody = nobody did anything wrong
told-by-leaving = by leaving the workspace
told-by-source = by how the source is set up
told-do-enable = Enable it to use it again.
told-do-give = An administrator of the workspace can give it to somebody else, or delete it.
told-do-install = Add the app at the service again, then connect it again.
told-do-reconnect = Connect it again.
told-do-source = An administrator of the workspace looks at the source.
told-do-wait = Nothing: it is tried again by itself.
told-do-before = Connect it again before { $day }.
connections-private = Accounts at other companies belong to whoever connected them, and nobody else learns that they are here. What you see of them are figures; only those of the workspace itself are listed.
connections-all = Workspace, by its slug; empty for all
connections-refused = The provider of { $source } refuses your application ({ $error }). Connections that wait until it is mended: { $n }.
connections-revoked = Access was taken back at the service: { $n }. Their owners connect them again.
connections-lost = Lost with an answer of the service: { $n }. Nobody did anything wrong; their owners connect them again.
connections-expired = The service’s time for them is over: { $n }. Their owners connect them again.
connections-uninstalled = Your app was removed at the service: { $n }. It must be added there again, then they are connected again.
connections-scope = What the service allows isn’t enough any more: { $n }. Their owners connect them again.
connections-orphans = The owners of these have left. Open one to give it to somebody else, or to delete it.
connections-orphaned = Connections whose owners have left
connections-calm = Nothing waits for anybody.
connections-none = There are none.
connections-account = Connection
connections-source = Source
connections-owner = Belongs to
connections-why = What to do
connections-yours = Connections that you may see
connections-yours-what = Those of the workspace itself, what is yours or shared with you, and what you have open right now.
connections-any = Any
connections-health = Health
connections-opened = Opened by you
connections-workspace-owns = The workspace
connections-you-own = You
connections-external-id = What the provider calls it
connections-verified = Whose it is
connections-id = Its id
connections-refreshed = Renewed
connections-used = Last used
connections-consent-until = Must be allowed again by
connections-when = When
connections-what = What
connections-whose = Whose doing
connections-next = What to do
connections-nothing = Nothing yet.
connections-who = Who
connections-address = From
connections-purpose = What for
connections-times = Times
connections-give-to = To
connections-give-hint = The address of a member; empty for the workspace itself.
connections-give-what = Whoever has it then decides who else may see and use it. With whom it is shared now stays as it is.
glass = Open a member’s connection
glass-what = For emergencies, and for what people who left leave behind. For { $minutes } minutes you can see, use, change and give away the connection like its owner. It is written down with your name and reason, and its owner is told by mail and on their page.
glass-off = This workspace doesn’t let anybody open members’ connections. One of its owners can change that.
glass-forbid = Don’t let anybody do this here
glass-allow = Let owners and admins do this here
glass-account = Which connection
glass-account-hint = Its id, as acc_…, or what the provider calls it; then the source counts too.
glass-open = Open it
glass-reason = Why
glass-reason-hint = Its owner will read this.
glass-reason-needed = Say why, in 500 characters at most.
glass-nothing = There is no such connection in this workspace.
glass-already = You manage this one as it is.
glass-open-until = You have opened this connection by break-glass, until { $until }. Its owner was told.
glass-close = I am done with it

## A connection: sharing it, giving it away, giving access back
connection-with-member = A member of the workspace
connection-with-client = A program
connection-who = Who
connection-no-client = There is no program with this client id.
connection-until-when = Until
connection-until-hint = The last day; empty for as long as you don’t stop it.
connection-until-wrong = Choose a day that isn’t over.
connection-busy = Access is being renewed right now. Nothing was changed; try again in a moment.
connection-done-shared = It is shared.
connection-done-unshared = It isn’t shared with them any more.
connection-done-disabled = It is disabled. Nobody gets access until it is enabled again.
connection-done-enabled = It is enabled.
connection-done-freed = Access is given back. The service said that it has ended.
connection-done-freed-here = Access is forgotten here. The service couldn’t be told; end it in its own settings too.
connection-given = The connection belongs to somebody else now.
connection-give-what = It belongs to somebody else from then on, and isn’t yours to see any more, unless they share it with you.
connection-give-to = The address of a member of the workspace
connection-give-workspace = Empty: it belongs to the workspace, and its owners and admins look after it.
connection-give-sure = Yes, give it away
connection-free = Give access back
connection-free-what = The service is told that we need our access no longer, and we forget it. The connection stays here, disabled, with its history; connect it again to use it again.
connection-free-together = These go with it, because the same consent opens them:
connection-free-others = and others of this workspace: { $n }
connection-free-export = To take the access elsewhere instead, a program of yours asks for it once: { $path }
connection-free-sure = Yes, give our access back

## Webhooks, on /account
account-webhooks = Webhooks
account-webhooks-what = Addresses of programs that are told what happens to your connected accounts, and to those shared with you. Never with a token in it.
hook-active = Works
hook-failing = Not delivered
hook-paused = Paused
hook-gone = Its address says that nobody is there any more, so it isn’t told any more. Start it again once that is mended.
hook-stopped = You have paused it. What happens meanwhile isn’t told later.
hook-failed = A message couldn’t be delivered for a day ({ $answer }). What came after it is sent all the same; send the missing ones again below.
hook-open = Waits
hook-delivered = Delivered
hook-given-up = Given up
hook-what = What it is told
hook-everything = Everything but each renewal
hook-last = took a message { $time }
hook-never = hasn’t taken a message yet
hook-start = Start again
hook-test = Send a test
hook-pause = Pause
hook-rotate = New secret
hook-secret = This secret signs the messages. Copy it now: it isn’t shown again. With a new one, the one before signs too for a day.
hook-messages = Messages
hook-messages-what = The latest, of 30 days. One that is sent again keeps its name, so that a program that has it knows it.
hook-messages-none = None yet.
hook-tries = sent { $n } times
hook-next = next { $time }
hook-again = Send again
hook-since = Send everything again since
hook-since-hint = In UTC, as the times above.
hook-since-do = Send them again
hook-since-wrong = Choose a day and a time.
hook-not-over = This message is on its way already.
hook-is-paused = It is paused. Start it again first.
hook-done-tested = The test is on its way. Look again in a moment.
hook-done-again = They are on their way again.
hook-done-changed = It is done.
hook-delete = Delete
hook-delete-what = What wasn’t delivered to it yet isn’t any more.
hook-sure = Yes, delete this webhook
hook-deleted = The webhook is deleted.
hook-new = Add a webhook
hook-url = Its address
hook-url-hint = https, on a public address. It is told everything but each renewal.
hook-url-wrong = That must be an https address that can be reached from everywhere, without a name and password in it.
hook-too-many = You have 20 webhooks there, more there can’t be. Delete one first.
hook-make = Add

## A new source, and a new connection
account-connect = Connect an account at
account-connect-go = Connect
source-search = Name of the company or product
source-none-such = Nothing is called like that. One of the general kinds below will do.
source-at-provider = At the provider
source-register = First make an application there, and register this redirect URI with it. It is this source’s alone, and valid once the source is made.
source-docs = Documentation
source-last-checked = Definition last checked
source-settings = What it gave you
source-connect-first = Connect your first account
source-connect-first-what = That shows that all of it works: you go to the provider and come back with an account of yours.
source-connect = Connect an account of yours
source-connect-what = It becomes yours; share it on your account page.
console-copy = Copy
console-copied = Copied

## More of connections
connections-acts = What you can do
activity-webhook-made = You added a webhook
activity-webhook-changed = You changed a webhook
activity-webhook-deleted = You deleted a webhook
activity-source-made = You added a source
activity-source-changed = You changed a source
activity-source-deleted = You deleted a source
