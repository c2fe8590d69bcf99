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

## What scopes and claims mean, on /consent

scope-profile = See your name and profile
    .detail = Name, picture, language and time zone.
scope-email = See your e-mail address
scope-address = See your postal address
scope-phone = See your phone number
scope-admin = Administer { $brand }
    .detail = Register and change apps, and manage people, as you can.
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
