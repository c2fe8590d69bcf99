# Deutsch, in der Sie-Form.

## Die Sprache selbst

language-name = Deutsch
language-direction = ltr
number-group = .
date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
date-time = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, { $time } Uhr (UTC)

## Auf mehreren Seiten

page-dev = Entwicklungsmodus, Wegwerfdaten
page-error = Fehler: { $title }
page-new-tab = (öffnet in einem neuen Tab)
page-email = E-Mail-Adresse
page-password = Passwort
page-sign-in = Anmelden
page-sign-out = Abmelden
page-continue = Weiter
page-continue-to = um fortzufahren zu { $client }
page-signed-in-as = Sie sind angemeldet als { $user }.
page-for-developers = Für die Entwickler dieser App
page-privacy = Datenschutz
page-terms = Nutzungsbedingungen
page-links = Über diese Seite
page-support = Hilfe
page-website = Webseite

## /login

login-title = Anmelden
login-heading = Bei { $brand } anmelden
login-confirm = Bestätigen Sie, dass Sie es sind
login-confirm-why = Für diesen Schritt müssen wir noch einmal sichergehen. Bitte geben Sie Ihr Passwort erneut ein.
login-trouble = Probleme beim Anmelden?
login-trouble-help = Prüfen Sie die E-Mail-Adresse und ob die Feststelltaste ausgeschaltet ist. Klappt es trotzdem nicht? Wer { $brand } betreibt, kann Ihnen ein neues Passwort geben.
login-forgot = Passwort vergessen?
login-people = Oder mit einem Klick anmelden
login-wrong = Zu dieser E-Mail-Adresse und diesem Passwort gibt es hier kein Konto. Bitte prüfen Sie beides und versuchen Sie es noch einmal.
login-throttled = { $seconds ->
    [one] Zu viele Versuche. Warten Sie { $seconds } Sekunde und versuchen Sie es dann erneut.
   *[other] Zu viele Versuche. Warten Sie { $seconds } Sekunden und versuchen Sie es dann erneut.
}

## /select

select-title = Konto auswählen
select-continue = Weiter als { $user }
select-signed-in = Angemeldet
select-another = Anderes Konto verwenden

## /consent

consent-title = { $client } bittet um Zugriff
consent-wants = { $client } möchte Ihr { $brand }-Konto nutzen
consent-wants-more = { $things ->
    [one] { $client } bittet um eine weitere Berechtigung
   *[other] { $client } bittet um weitere Berechtigungen
}
consent-described-at = beschrieben unter { $host }
consent-goes-to = Antworten gehen an { $host }
consent-approved = von { $brand } zugelassen am { $day }
consent-third-party = stammt nicht von { $brand }
consent-local = Diese App läuft auf Ihrem eigenen Gerät, und { $brand } kann nicht erkennen, ob es wirklich { $client } ist. Fahren Sie nur fort, wenn Sie sie gerade selbst gestartet haben.
consent-signed-in-as = Angemeldet als { $user }
consent-switch = Konto wechseln
consent-will = Die App darf dann
consent-will-also = Die App darf dann außerdem
consent-new = Neu
consent-offline = Verbunden bleiben, wenn Sie nicht da sind
    .detail = Entfernen Sie das Häkchen, um nur diesen Besuch zu erlauben.
consent-before = Was Sie bereits erlaubt haben ({ $count })
consent-places = Wo die App das darf
consent-only-you = Die App erfährt, dass Sie es sind, und sonst nichts über Sie.
consent-workspace = Wo die App handeln darf
consent-never = Ihr Passwort sieht die App nicht.
consent-allow = Erlauben
consent-deny = Abbrechen

## Was Berechtigungen und Angaben bedeuten, auf /consent

scope-profile = Ihren Namen und Ihr Profil sehen
    .detail = Name, Bild, Sprache und Zeitzone.
scope-email = Ihre E-Mail-Adresse sehen
scope-address = Ihre Postanschrift sehen
scope-phone = Ihre Telefonnummer sehen
scope-admin = { $brand } verwalten
    .detail = Apps registrieren und ändern sowie Personen verwalten, so wie Sie es können.
scope-unknown = { $scope }
    .detail = Die App fragt hiernach mit der technischen Bezeichnung.
claim-name = Ihren vollen Namen sehen
claim-given-name = Ihren Vornamen sehen
claim-family-name = Ihren Nachnamen sehen
claim-middle-name = Ihren zweiten Vornamen sehen
claim-preferred-username = Ihren Benutzernamen sehen
claim-profile = Ihre Profilseite sehen
claim-birthdate = Ihr Geburtsdatum sehen
claim-zoneinfo = Ihre Zeitzone sehen
claim-locale = Ihre Sprache sehen
claim-email = Ihre E-Mail-Adresse sehen
claim-email-verified = Sehen, ob Ihre E-Mail-Adresse geprüft wurde
claim-phone-number = Ihre Telefonnummer sehen
claim-phone-number-verified = Sehen, ob Ihre Telefonnummer geprüft wurde
claim-address = Ihre Postanschrift sehen
claim-updated-at = Sehen, wann Ihr Konto zuletzt geändert wurde
claim-nickname = Ihren Spitznamen sehen
claim-picture = Ihr Bild sehen
claim-website = Ihre Webseite sehen
claim-gender = Ihr Geschlecht sehen
claim-other = Ihre Angabe „{ $claim }“ sehen

## /logout

logout-title = Abmelden
logout-heading = Von { $brand } abmelden?
logout-asked = { $client } ({ $host }) hat uns gebeten, Sie auch hier abzumelden.
logout-come-back = Um wiederzukommen, brauchen Sie Ihr Passwort.
logout-nobody = In diesem Browser scheint niemand angemeldet zu sein. Eine weitere Abmeldung schadet nicht.
logout-stay = Hier bleiben
logout-done = Sie sind abgemeldet
logout-others = Einen Moment: Die anderen Apps, die Sie geöffnet haben, melden Sie ebenfalls ab.
logout-left-for = Sie haben { $brand } verlassen. Falls { $client } Ihre Daten noch zeigt, melden Sie sich auch dort ab.
logout-left = Sie haben { $brand } in diesem Browser verlassen. In Apps, die Sie damit geöffnet haben, sind Sie möglicherweise noch angemeldet.
logout-shared = Schließen Sie an einem gemeinsam genutzten Computer auch das Fenster.
logout-onward = Weiter
logout-onward-to = Weiter zu { $client }
logout-again = Erneut anmelden
logout-frame = Eine andere App meldet Sie ab

## /setup

setup-title = Ersten Administrator anlegen
setup-welcome = Willkommen. Dieses Konto verwaltet Personen, Apps und verbundene Konten auf { $brand }. Weitere Administratoren können Sie später hinzufügen.
setup-name = Ihr Name
setup-password-hint = Mindestens 8 Zeichen. Ein paar Wörter hintereinander sind leicht zu merken und schwer zu erraten.
setup-create = Administrator anlegen
setup-once = Dieser Link funktioniert nur einmal. Verloren? Mit { $command } erhalten Sie auf dem Server einen neuen.
setup-taken = Mit dieser Adresse gibt es bereits ein Konto.
setup-done = Alles bereit
setup-ready = Ihr Administratorkonto ist fertig, und der Einrichtungslink funktioniert nicht mehr.
setup-next = Registrieren Sie als Nächstes auf dem Server Ihre erste App: { $command }

## /recover und /recover/new

recover-title = Passwort vergessen?
recover-what = Nennen Sie uns Ihre E-Mail-Adresse, dann schicken wir Ihnen einen Link, mit dem Sie ein neues setzen.
recover-do = Link schicken
recover-back = Zurück zur Anmeldung
recover-off = { $brand } verschickt keine E-Mails und kann Ihnen deshalb keinen Link schicken. Wer { $brand } betreibt, kann Ihnen einen geben, oder ein neues Passwort.
recover-sent = Sehen Sie in Ihre E-Mails
recover-sent-what = Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail mit einem Link unterwegs. Der Link gilt { $minutes } Minuten.
recover-sent-next = Nach ein paar Minuten noch nichts da? Sehen Sie bei unerwünschten E-Mails nach, und ob Sie die Adresse so geschrieben haben wie bei der Anmeldung.
reset-title = Neues Passwort setzen
reset-for = für { $user }
reset-password = Neues Passwort
reset-do = Passwort setzen
reset-ends = Sie werden überall abgemeldet und melden sich mit dem neuen Passwort wieder an.
reset-done = Ihr Passwort ist gesetzt
reset-done-what = Sie sind überall abgemeldet. Melden Sie sich mit dem neuen Passwort an.

## /verify

verify-title = Adresse bestätigen
verify-what = Ist { $email } Ihre E-Mail-Adresse?
verify-done = Adresse bestätigt
verify-done-what = { $brand } weiß jetzt, dass { $email } Ihnen gehört.

## /invite

invite-title = Sie sind zu { $brand } eingeladen
invite-what = Legen Sie Ihr Konto für { $email } an.
invite-to-workspace = Sie sind als { $email } zu { $workspace } eingeladen.
invite-accept = Konto anlegen
invite-join = Beitreten
invite-joined = Sie sind jetzt in { $workspace }.
invite-ready = Ihr Konto ist bereit. Melden Sie sich mit Ihrer E-Mail-Adresse und dem Passwort an, das Sie gewählt haben.
invite-name = Ein Name hat höchstens 1000 Zeichen und keine Steuerzeichen.

## E-Mails

mail-reset = Neues Passwort für { $brand } setzen
mail-reset-why = Jemand, wahrscheinlich Sie, hat ein neues Passwort für Ihr Konto { $email } bei { $brand } verlangt.
mail-reset-do = Neues Passwort setzen
mail-reset-valid = Der Link gilt einmal, innerhalb von { $minutes } Minuten.
mail-reset-not-you = Wenn Sie es nicht waren, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.
mail-changed = Ihr Passwort bei { $brand } wurde geändert
mail-changed-what = Das Passwort Ihres Kontos { $email } wurde am { $at } geändert. Sie wurden überall abgemeldet.
mail-changed-not-you = Wenn Sie es nicht waren, setzen Sie sofort ein neues Passwort und sagen Sie es dem Betreiber von { $brand }.
mail-verify = Bestätigen Sie Ihre E-Mail-Adresse für { $brand }
mail-verify-why = Ist { $email } Ihre Adresse? Dann bestätigen Sie sie, damit { $brand } es Apps sagen kann.
mail-verify-do = Diese Adresse bestätigen
mail-invite = Sie sind zu { $brand } eingeladen
mail-invite-why = Jemand hat Sie mit der Adresse { $email } zu { $brand } eingeladen.
mail-invite-workspace = Dort werden Sie in { $workspace } sein.
mail-invite-do = Einladung annehmen
mail-days = { $days ->
    [one] Der Link gilt einmal, innerhalb von { $days } Tag.
   *[other] Der Link gilt einmal, innerhalb von { $days } Tagen.
}
mail-not-you = Wenn Sie nicht wissen, worum es geht, ist nichts zu tun.
mail-signin = Neue Anmeldung bei Ihrem Konto bei { $brand }
mail-signin-what = Jemand hat sich mit einem Browser, den wir noch nicht kennen, bei Ihrem Konto { $email } angemeldet.
mail-signin-when = Wann: { $at }
mail-signin-where = Netzwerkadresse: { $address }
mail-signin-device = Gerät: { $device }
mail-signin-not-you = Wenn Sie es nicht waren, setzen Sie sofort ein neues Passwort: Das beendet alle Sitzungen.
mail-signin-you = Wenn Sie es waren, ist nichts zu tun.
mail-test = Test-E-Mail von { $brand }
mail-test-what = E-Mails von { $brand } kommen bei dieser Adresse an. Es ist nichts zu tun.
mail-footer = Geschickt von { $brand } ({ $issuer }). Antworten auf diese E-Mail liest niemand.

## Passwörter und Adressen, die nicht gehen

password-short = Wählen Sie ein Passwort mit mindestens { $least } Zeichen; ein paar Wörter hintereinander sind leicht zu merken.
password-long = Ein Passwort darf höchstens { $most } Bytes lang sein.
password-personal = Ihr Passwort darf nicht Ihr Name oder Ihre Adresse mit etwas Angehängtem sein.
password-common = Solche Passwörter probieren Angreifer zuerst; bitte wählen Sie ein anderes.
email-long = Eine E-Mail-Adresse hat höchstens { $most } Zeichen.
email-letters = Eine E-Mail-Adresse besteht aus einfachen lateinischen Buchstaben, ohne Leerzeichen und Umlaute.
email-invalid = Das ist keine E-Mail-Adresse. Sie muss aussehen wie name@example.com.

## /

home-title = Willkommen
home-account = Ihr Konto
home-signed-in = Sie sind angemeldet
home-as = als { $user }
home-playground = Spielwiese
home-playground-what = Jeden Ablauf im Browser ausprobieren
home-heading = Eine Anmeldung für all Ihre Apps
home-what = { $brand } sagt Apps, wer Sie sind, und lässt Sie entscheiden, was sie dürfen. Ihr Passwort bekommen sie nie zu sehen.
home-administrator = Administrator
home-dev = Entwicklungsmodus
home-developers = Für Entwickler:
home-discovery = OpenID-Connect-Metadaten

## Auf dem Rückweg zu einer App

onward-title = Weiter zu { $client }
onward-heading = Wir bringen Sie zu { $client }
onward-no-scripts = Ihr Browser führt hier keine Skripte aus, deshalb ist noch ein Klick nötig.

## Wenn etwas nicht weitergeht: was geschah; warum; was nun zu tun ist

error-restart = Neu beginnen
error-reference = Referenz

stopped-form = Das hat nicht geklappt
    .sentence = Wir können dieses Formular nicht lesen.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-link = Das hat nicht geklappt
    .sentence = Wir können diesen Link nicht lesen.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-too-long = Das hat nicht geklappt
    .sentence = Die E-Mail-Adresse oder das Passwort ist zu lang.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-no-person = Das hat nicht geklappt
    .sentence = Diese Person gibt es hier nicht.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-logout-twice = Das hat nicht geklappt
    .sentence = Dieser Abmeldelink enthält einen Parameter doppelt.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-logout-state = Das hat nicht geklappt
    .sentence = Der Wert „state“ dieses Abmeldelinks ist zu lang; erlaubt sind höchstens { $most } Bytes.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-more-than-asked = Das hat nicht geklappt
    .sentence = Das Formular erlaubt mehr, als die App verlangt hat.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-no-choice = Das hat nicht geklappt
    .sentence = Bitte wählen Sie „Erlauben“ oder „Abbrechen“.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-no-workspace = Das hat nicht geklappt
    .sentence = Bitte wählen Sie einen Ihrer Arbeitsbereiche.
    .next = Gehen Sie zurück und versuchen Sie es noch einmal.
stopped-forged = Wir können nicht erkennen, dass das von Ihnen kam
    .sentence = Das Formular wurde nicht von unserer eigenen Seite in diesem Browser gesendet, oder Ihr Browser blockiert das Cookie, an dem wir das erkennen.
    .next = Erlauben Sie Cookies für diese Seite, öffnen Sie die Seite neu und wiederholen Sie Ihre Eingabe.
stopped-expired = Diese Seite ist abgelaufen
    .sentence = Sie hat zu lange gewartet, wurde in einem anderen Tab abgeschlossen oder in einem anderen Browser geöffnet.
    .next = Gehen Sie zurück zu der App, von der Sie kamen, und beginnen Sie dort neu.
stopped-busy = Im Moment ist zu viel los
    .sentence = Wir konnten uns nicht rechtzeitig darum kümmern. Es ist nichts verloren gegangen.
    .next = Versuchen Sie es in ein paar Sekunden noch einmal.
stopped-fault = Unser Fehler
    .sentence = Bei uns ist etwas schiefgegangen. Der Fehler wurde aufgezeichnet; Ihre Daten sind sicher.
    .next = Versuchen Sie es noch einmal. Falls es wieder geschieht, nennen Sie den Betreibern dieser Seite die Referenz unten.
stopped-setup-link = Dieser Einrichtungslink funktioniert nicht mehr
    .sentence = Er wurde bereits verwendet, oder seine Stunde ist um.
    .next = Wer diesen Server betreibt, kann einen neuen erstellen: symbolon user setup-link
stopped-unknown-client = Dieser Anmeldelink ist unvollständig
    .sentence = Die App, die Sie hierher geschickt hat, ist uns nicht bekannt. Deshalb wissen wir nicht, wohin wir Sie zurückschicken können. Es wurde nichts weitergegeben.
    .next = Gehen Sie zurück zur App und versuchen Sie es noch einmal, oder wenden Sie sich an ihre Hersteller.
stopped-not-approved = Diese App darf hier noch nicht genutzt werden
    .sentence = Sie hat sich bei { $brand } vorgestellt, wurde dort aber noch nicht zugelassen. Es wurde nichts weitergegeben.
    .next = Bitten Sie die Betreiber von { $brand }, die App zuzulassen, und versuchen Sie es dann noch einmal.
stopped-document = Wir können nicht feststellen, welche App das ist
    .sentence = Die App, die Sie hierher geschickt hat, beschreibt sich auf einer eigenen Seite, und mit deren Inhalt können wir nichts anfangen. Es wurde nichts weitergegeben.
    .next = Gehen Sie zurück zur App und versuchen Sie es noch einmal, oder wenden Sie sich an ihre Hersteller; die Einzelheiten unten helfen ihnen.
stopped-document-busy = Wir können nicht feststellen, welche App das ist
    .sentence = Die App, die Sie hierher geschickt hat, beschreibt sich auf einer eigenen Seite, und gerade werden zu viele solche Seiten gelesen. Es wurde nichts weitergegeben.
    .next = Warten Sie eine Minute, gehen Sie dann zurück zur App und versuchen Sie es noch einmal.
stopped-sealed = Dieser Anmeldelink ist nicht lesbar
    .sentence = { $client } hat eine versiegelte Anfrage gesendet, die wir nicht verwenden können. Es wurde nichts weitergegeben.
    .next = Bitte informieren Sie den Support von { $client }; die Referenz unten hilft dabei.
stopped-redirect = Wir können Sie nicht zu { $client } zurückschicken
    .sentence = Die App hat uns eine Adresse genannt, die nicht auf ihrer Liste steht. Es wurde nichts weitergegeben.
    .next = Bitte informieren Sie den Support von { $client }; die Referenz unten hilft dabei.
stopped-client-changed = Die App hat sich geändert
    .sentence = Während Sie die Seite ansahen, hat die App ihre Angaben über sich geändert. Es wurde nichts weitergegeben.
    .next = Gehen Sie zurück zur App und beginnen Sie neu; dann sehen Sie ihre jetzigen Angaben.
stopped-decided = Darüber haben Sie schon entschieden
    .sentence = Das Formular wurde zweimal gesendet, oder ein anderer Tab war schneller.
    .next = Gehen Sie zurück zur App; falls sie nicht verbunden ist, beginnen Sie dort neu.
stopped-reset-link = Dieser Link gilt nicht mehr
    .sentence = Er wurde schon benutzt, ein neuerer wurde verschickt, oder seine halbe Stunde ist vorbei.
    .next = Verlangen Sie unter „Passwort vergessen?“ auf der Anmeldeseite einen neuen.
stopped-verify-link = Dieser Link gilt nicht mehr
    .sentence = Er wurde schon benutzt, ein neuerer wurde verschickt, oder seine Zeit ist vorbei.
    .next = Bitten Sie den Betreiber von { $brand }, Ihnen einen neuen zu schicken.
stopped-invite-link = Diese Einladung gilt nicht mehr
    .sentence = Sie wurde schon angenommen, zurückgenommen, oder ihre Zeit ist vorbei.
    .next = Wenn Sie ein Konto haben, melden Sie sich an. Sonst bitten Sie um eine neue.
stopped-invite-other = Diese Einladung ist für jemand anderen
    .sentence = Sie ist für { $email }, und Sie sind mit einem anderen Konto angemeldet.
    .next = Melden Sie sich ab, und öffnen Sie die Einladung dann noch einmal.
