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
consent-disconnect = Sie können { $client } jederzeit trennen:

## Was Berechtigungen und Angaben bedeuten, auf /consent

scope-profile = Ihren Namen und Ihr Profil sehen
    .detail = Name, Bild, Sprache und Zeitzone.
scope-email = Ihre E-Mail-Adresse sehen
scope-address = Ihre Postanschrift sehen
scope-phone = Ihre Telefonnummer sehen
scope-admin = { $brand } verwalten
    .detail = Apps registrieren und ändern sowie Personen verwalten, so wie Sie es können.
scope-tokens = Ihre API-Token verwalten
    .detail = Token, die in Ihrem Namen handeln, sehen, anlegen und löschen.
scope-workspaces = Ihre Arbeitsbereiche verwalten
    .detail = Die umbenennen, die Ihnen gehören oder die Sie verwalten, und deren Mitglieder verwalten, so wie Sie es können.
scope-sources-read = Sehen, mit welchen Diensten sich Ihr Arbeitsbereich verbinden kann
    .detail = Namen und Einstellungen, nie die Geheimnisse.
scope-sources-write = Dienste einrichten, mit denen sich Ihr Arbeitsbereich verbinden kann
    .detail = Hinzufügen, ändern und entfernen, soweit Sie es selbst können.
scope-accounts-read = Ihre verbundenen Konten sehen
    .detail = Welche Konten bei anderen Firmen Sie verbunden haben und wie es um sie steht. Nicht deren Token.
scope-accounts-write = Ihre verbundenen Konten verwalten
    .detail = Die Konten bei anderen Firmen, die Sie verwalten, umbenennen, abschalten, teilen und löschen.
scope-accounts-credentials = Ihre verbundenen Konten benutzen
    .detail = In Ihrem Namen bei den anderen Firmen handeln, soweit Sie es dort erlaubt haben.
scope-accounts-credentials-of = Ihre Konten bei { $source } benutzen
    .detail = Dort in Ihrem Namen handeln, soweit Sie es dort erlaubt haben.
scope-accounts-custody = Ihre verbundenen Konten mitnehmen
    .detail = Deren dauerhafte Schlüssel einem anderen System übergeben. Hier funktionieren sie dann nicht mehr.
scope-connect-write = Menschen bitten, Konten zu verbinden
    .detail = Links anlegen, mit denen ein Konto bei einer anderen Firma verbunden wird.
scope-webhooks-write = Erfahren, was mit verbundenen Konten geschieht
    .detail = Nachrichten, wenn eines verbunden wird, ausfällt oder endet. Ohne Token.
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
mail-leaked = Ein API-Token Ihres Kontos bei { $brand } stand öffentlich im Netz
mail-leaked-what = Das Token { $token } Ihres Kontos { $email } wurde am { $at } gemeldet. Es wurde sofort beendet und öffnet nichts mehr.
mail-leaked-where = Gefunden wurde es hier: { $url }
mail-leaked-next = Legen Sie für das Skript, das es verwendet hat, ein neues an, und sehen Sie nach, ob unter Ihren Aktivitäten etwas steht, das Sie nicht kennen.
mail-leaked-do = Meine Token ansehen
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
home-account-what = Was für Sie handeln kann, Ihr Passwort, wo Sie angemeldet sind
home-admin = Verwaltung
home-admin-what = Personen, Apps, Schlüssel und was geschehen ist
home-workspaces = Ihre Workspaces
home-workspaces-what = Wer dazugehört, als was, und was dort handelt
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

## /account

account-sections = Auf dieser Seite
account-more = Mehr zeigen
account-older = Ältere zeigen
account-newest = Zurück zum Neuesten
account-at = { $time }
account-who = { $user }
account-apps = Was für Sie handeln kann
account-apps-what = Apps, die Ihr Konto bei { $brand } verwenden dürfen. Trennen Sie eine, endet ihr Zugriff sofort.
account-apps-none = Keine App kann für Sie handeln.
account-app = { $client }
account-app-idle = Derzeit nicht verbunden
    .detail = Hierfür müsste sie Sie nicht noch einmal fragen:
account-app-stays = Bleibt verbunden
account-app-leaves = Nur während Sie sie verwenden
account-app-workspace = in { $workspace }
account-app-since = erlaubt am { $day }
account-app-used = zuletzt verwendet am { $time }
account-app-end = Trennen
account-app-end-named = { $client } trennen
account-app-ended = Die App ist getrennt. Sie kann nicht mehr für Sie handeln und muss Sie neu fragen.
account-tokens = API-Token
account-tokens-what = Mit Token handeln Ihre eigenen Skripte in Ihrem Namen, in einem Arbeitsbereich. Behandeln Sie sie wie Passwörter.
account-tokens-none = Sie haben keine API-Token.
account-tokens-used = { $used } von { $most } vergeben
account-tokens-used-in = { $used } von { $most } vergeben in { $workspace }
account-token = { $token }
account-token-ends = endet auf { $hint }
account-token-since = angelegt am { $day }
account-token-used = zuletzt verwendet am { $time } von { $network }
account-token-unused = nie verwendet
account-token-until = gültig bis { $day }
account-token-over = Abgelaufen
account-token-all = Alles, was Sie dürfen
account-token-end = Löschen
account-token-end-named = { $token } löschen
account-token-ended = Das Token ist gelöscht. Es öffnet nichts mehr.
account-token-made = Kopieren Sie Ihr neues Token { $token } jetzt. Es wird nicht noch einmal gezeigt.
account-token-name = Wofür ist es?
account-token-lives = Wie lange gilt es?
account-token-days = { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}
account-token-forever = Bis ich es lösche
account-token-workspace = Wo handelt es?
account-token-scopes = Was darf es?
account-token-scopes-hint = Wählen Sie nichts, darf es alles, was Sie dürfen.
account-token-make = Token anlegen
account-token-name-wrong = Ein Token braucht einen Namen von höchstens 100 Zeichen.
account-token-too-many = Sie haben dort so viele Token, wie Sie haben dürfen. Löschen Sie zuerst eines.
account-token-slow = Sie haben gerade viele Token angelegt. Warten Sie eine Minute.
account-token-not-in = Wählen Sie einen der Arbeitsbereiche aus der Liste.
account-connections = Verbundene Konten
account-connections-none = Noch keine. Ihre Konten bei anderen Diensten werden hier stehen.
connection-active = Funktioniert
connection-disabled = Abgeschaltet
connection-degraded = Hat Störungen
connection-uncertain = Wird geklärt
connection-shared = Mit Ihnen geteilt
connection-open = Einzelheiten
connection-open-named = Einzelheiten zu { $connection }
connection-refreshed = erneuert { $time }
connection-why-revoked = Der Dienst nimmt unseren Zugriff nicht mehr an: Er wurde dort zurückgenommen, oder die App wurde entfernt. Verbinden Sie das Konto erneut.
connection-why-lost = Eine Antwort des Dienstes ging unterwegs verloren, und was wir noch haben, nimmt er nicht mehr an. Sie haben nichts falsch gemacht. Verbinden Sie das Konto erneut.
connection-why-expired = Der Dienst lässt Zugriffe nur eine bestimmte Zeit leben; sie ist vorbei. Verbinden Sie das Konto erneut.
connection-why-uninstalled = Die App wurde beim Dienst entfernt. Fügen Sie sie dort wieder hinzu, und verbinden Sie das Konto dann erneut.
connection-why-scope = Was der Dienst erlaubt, genügt nicht mehr. Verbinden Sie das Konto erneut, und erlauben Sie alles.
connection-why-owner = Wem es gehörte, hat den Arbeitsbereich verlassen. Die Verwaltung kann es jemand anderem geben oder löschen.
connection-why-user = Jemand hier hat es abgeschaltet. Schalten Sie es ein, um es wieder zu benutzen.
connection-why-freed = Der Zugriff wurde herausgegeben, um woanders aufbewahrt zu werden. Verbinden Sie das Konto erneut, um es hier zu benutzen.
connection-back = Zurück zu Ihrem Konto
connection-state = Wie es ihm geht
connection-verified = der Dienst hat bestätigt, wem es gehört
connection-unverified = der Dienst sagt nicht, wem es gehört
connection-until = muss bis { $day } erneut erlaubt werden
connection-reconnect = Erneut verbinden
connection-disable = Abschalten
connection-enable = Einschalten
connection-shares = Wer es noch benutzen darf
connection-private = Niemand. Nur Sie wissen, dass es hier ist.
connection-everyone = Alle im Arbeitsbereich
connection-share-until = bis { $day }
connection-unshare = Nicht mehr teilen
connection-share-with = Teilen mit
connection-share-hint = Bei einem Mitglied die E-Mail-Adresse, bei einem Programm die Client-ID; nichts für alle.
connection-share-level = Was dürfen sie?
connection-share = Teilen
connection-level-view = Sehen, dass es da ist
connection-level-use = Es benutzen
connection-level-manage = Es benutzen und verwalten
connection-timeline = Was geschah
connection-at = { $time }
connection-reads = Wer es benutzt hat
connection-reads-none = Noch niemand.
connection-delete = Löschen
connection-delete-what = Unser Zugriff wird dem Dienst zurückgegeben, wo das geht, und hier vergessen. Apps, die ihn benutzen, funktionieren dann nicht mehr.
connection-sure = Ja, diese Verbindung löschen
connection-sure-needed = Setzen Sie das Häkchen, um sie zu löschen.
connection-deleted = Die Verbindung ist gelöscht.
connection-not-member = In diesem Arbeitsbereich hat niemand diese Adresse. Bitten Sie die Verwaltung, die Person aufzunehmen.
connection-reconnect-needed = Das lässt sich von hier nicht einschalten. Verbinden Sie das Konto erneut.
connection-unreachable = Der Dienst kann gerade nicht gefragt werden, also weiß niemand, ob es noch geht. Versuchen Sie es gleich noch einmal.
connection-event-connected = Verbunden
connection-event-reconnected = Erneut verbunden
connection-event-refreshed = Zugriff erneuert
connection-event-recovered = Funktioniert wieder
connection-event-degraded = Hat Störungen
connection-event-disabled = Abgeschaltet
connection-event-enabled = Eingeschaltet
connection-event-freed = Zugriff herausgegeben
connection-event-taken = Zugriff zurückgenommen
account-profile = Profil
account-name = Name
account-name-letters = Ein Name hat höchstens { $most } Zeichen, und alle sind sichtbar.
account-language = Sprache
account-language-browser = Wie der Browser sagt
account-language-unknown = Wählen Sie eine Sprache aus der Liste.
account-email = Ihre E-Mail-Adresse ist { $email }. Wer { $brand } betreibt, kann sie ändern.
account-save = Speichern
account-profile-saved = Ihr Profil ist gespeichert.
account-profile-stale = Ihr Konto wurde gerade anderswo geändert. Sehen Sie noch einmal nach und speichern Sie dann.
account-security = Sicherheit
account-password-current = Bisheriges Passwort
account-password-new = Neues Passwort
account-password-others = Hier bleiben Sie angemeldet, überall sonst werden Sie abgemeldet.
account-password-change = Passwort ändern
account-password-changed = Ihr Passwort ist geändert. Überall sonst sind Sie abgemeldet.
account-password-wrong = Das ist nicht Ihr bisheriges Passwort. Nichts wurde geändert.
account-password-same = Dieses Passwort haben Sie schon. Wählen Sie ein anderes.
account-password-none = Ihr Konto hat kein Passwort.
account-sessions = Wo Sie angemeldet sind
account-session-this = Dieses Gerät
account-session-network = von { $network }
account-session-since = angemeldet am { $time }
account-session-seen = zuletzt gesehen am { $time }
account-session-end = { $device } abmelden
account-session-ended = Das Gerät ist abgemeldet.
account-sessions-end = Überall sonst abmelden
account-sessions-ended = Überall sonst sind Sie abgemeldet.
account-activity = Aktivität
account-activity-none = Noch nichts.
device-both = { $browser } auf { $system }
device-one = { $device }
device-unknown = Unbekanntes Gerät
activity-allowed = Sie haben { $client } erlaubt, für Sie zu handeln
activity-declined = Sie haben { $client } nicht erlaubt, für Sie zu handeln
activity-withdrawn = Sie haben { $client } getrennt
activity-signed-in = Sie haben sich angemeldet
activity-confirmed = Sie haben bestätigt, dass Sie es sind
activity-refused = Jemand hat ein falsches Passwort versucht
activity-signed-out = Sie haben sich abgemeldet
activity-device-out = Sie haben ein anderes Gerät abgemeldet
activity-others-out = Sie haben sich überall sonst abgemeldet
activity-created = Ihr Konto wurde angelegt
activity-enabled = Ihr Konto wurde wieder geöffnet
activity-disabled = Ihr Konto wurde gesperrt
activity-role = Sie haben eine andere Rolle bekommen
activity-password-set = Ein Administrator hat Ihnen ein anderes Passwort gegeben
activity-password-reset = Sie haben mit einem Link ein anderes Passwort gesetzt
activity-reset-asked = Ein Link für ein anderes Passwort wurde verlangt
activity-verified = Ihre Adresse wurde bestätigt
activity-joined = Sie haben eine Einladung angenommen
activity-password-changed = Sie haben Ihr Passwort geändert
activity-profile = Sie haben Ihr Profil geändert
activity-token-made = Sie haben ein API-Token angelegt
activity-token-deleted = Eines Ihrer API-Token wurde gelöscht
activity-token-leaked = Eines Ihrer API-Token stand öffentlich im Netz und wurde beendet
activity-signed-out-by = Ein Administrator hat Sie überall abgemeldet

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
stopped-not-yours = So etwas gibt es hier nicht
    .sentence = Es gehört Ihnen nicht, oder es ist schon beendet.
    .next = Gehen Sie zurück zu Ihrem Konto und sehen Sie noch einmal nach.
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

## Console

console-overview = Übersicht
console-clients = Clients
console-users = Personen
console-workspaces = Arbeitsbereiche
console-grants = Freigaben
console-keys = Schlüssel
console-registration = Registrierung
console-audit = Protokoll
console-settings = Einstellungen
console-named = { $name }
console-role-owner = Eigentümer
console-role-admin = Admin
console-role-auditor = Prüfer
console-role-user = Keine Rolle
console-missing = Hier ist nichts
    .sentence = Die Adresse ist falsch, was hier war, ist weg, oder es ist nicht für Sie.
    .next = Prüfen Sie die Adresse, oder bitten Sie einen Eigentümer von { $brand } um Zugang.
console-only-looks = Prüfer sehen alles und ändern nichts
    .sentence = Mit Ihrer Rolle sehen Sie hier alles. Nichts wurde geändert.
    .next = Bitten Sie einen Admin um diese Änderung.
console-forbidden = Das dürfen Sie nicht
    .sentence = Es ist für Personen mit einer anderen Rolle. Nichts wurde geändert.
    .next = Bitten Sie einen Eigentümer von { $brand }.
console-stale = Jemand anders hat es geändert, seit Sie diese Seite geöffnet haben. Ihre Eingaben stehen noch hier: Sehen Sie sich die Angaben oben an und speichern Sie dann erneut.
console-confirm-wrong = Das ist nicht, was verlangt war. Nichts wurde gelöscht oder geändert.
console-not-done = Nichts wurde geändert. Etwas im Formular stimmt noch nicht.
console-moment = { $at }
console-number = { $n }
console-confirm = Zum Bestätigen { $name } eintippen
console-skip = Zum Inhalt springen
console-you = Angemeldet als { $user }
console-navigation = Konsole
console-next = Nächste Seite
console-more = Weitere Einstellungen
console-name = Name
console-client-id = client_id
console-kind = Art
console-state = Zustand
console-since = Seit
console-changed = Zuletzt geändert
console-no-clients = Hier sind keine Clients. Registrieren Sie den ersten, oder suchen Sie etwas anderes.
console-new-client = Client registrieren
console-search = Suche
console-find = Suchen
console-enabled = Aktiv
console-disabled = Deaktiviert
console-which-kind = Was für eine App ist es?
console-register = Registrieren
console-kinds = Arten von Apps
console-client-made = Der Client ist registriert.
console-secret = client_secret
console-secret-once = Kopieren Sie das Geheimnis jetzt: Es wird nur dieses eine Mal gezeigt. Geht es verloren, machen Sie auf der Seite des Clients ein neues.
console-secret-made = Der Client hat ein neues Geheimnis.
console-to-client = Zur Seite des Clients
console-program = { $language } mit { $library }
console-programs = Programme zum Kopieren
console-programs-what = Ganze Programme, die diesen Client benutzen. Statt seines Geheimnisses kann ein Platzhalter darin stehen.
console-kind-web = Web-App
    .what = Läuft auf einem Server, der ein Geheimnis bewahren kann.
console-kind-single-page = Single-Page-App
    .what = Läuft im Browser. Sie hat kein Geheimnis; PKCE schützt sie.
console-kind-native = Native App
    .what = Ist auf einem Telefon, einem Rechner oder der Kommandozeile installiert.
console-kind-machine = Maschine
    .what = Ein Dienst oder Job, der für sich selbst handelt; niemand meldet sich an.
console-kind-mcp = MCP-Client
    .what = Ein Assistent, der für eine Person Werkzeuge von MCP-Servern benutzt.
console-field-name = Name
    .hint = Menschen sehen ihn, wenn sie entscheiden.
console-field-redirect = Redirect-URIs
    .hint = Eine pro Zeile. Sie werden Buchstabe für Buchstabe verglichen; eine native App darf auf 127.0.0.1 jeden Port benutzen.
console-field-scope = Scopes
    .hint = Was die App verlangen darf, durch Leerzeichen getrennt.
console-field-post-logout = Redirect-URIs nach dem Abmelden
    .hint = Eine pro Zeile. Darf leer bleiben.
console-field-resources = Ressourcen
    .hint = Adressen der APIs oder MCP-Server, für die sie Tokens haben darf, eine pro Zeile. Leer heißt alle.
console-field-auth = Wie er sich ausweist
console-field-grants = Grant-Typen
console-field-application = Wo sie läuft
console-field-jwks = Adresse seiner öffentlichen Schlüssel
    .hint = Für signierte JWTs: eine https-Adresse mit seinem JWK-Set.
console-field-backchannel = Wo er von Abmeldungen erfährt
console-field-website = Website
console-field-logo = Logo
console-field-policy = Datenschutzerklärung
console-field-terms = Nutzungsbedingungen
console-field-contacts = Kontakte, einer pro Zeile
console-field-format = Access-Tokens
console-field-pkce = PKCE ist Pflicht
console-field-trusted = Vertraut: Niemand wird um Zustimmung gebeten
    .hint = Nur für eigene Apps.
console-field-resource-server = Er darf Tokens anderer Clients prüfen
console-auth-basic = Geheimnis im Header (client_secret_basic)
console-auth-post = Geheimnis im Formular (client_secret_post)
console-auth-key = Mit seinem Schlüssel signiert (private_key_jwt)
console-auth-none = Gar nicht (none)
console-application-any = Egal
console-application-web = Auf einem Server (web)
console-application-native = Auf einem Gerät (native)
console-format-opaque = Undurchsichtig: Beenden wirkt sofort
console-format-jwt = JWT: offline prüfbar
console-grant-code = Eine Person meldet sich an (authorization_code)
console-grant-refresh = Sie bleibt verbunden (refresh_token)
console-grant-machine = Sie handelt für sich selbst (client_credentials)
console-grant-implicit = Tokens durch den Browser (implicit)
console-save = Speichern
console-edit = Einstellungen ändern
console-registered-by = Registriert durch
console-try-title = Redirect-URI prüfen
console-try-what = Fügen Sie ein, was die App als redirect_uri schickt.
console-try-uri = Redirect-URI
console-try = Prüfen
console-matches = Sie passt zu { $uri }.
console-matches-not = Sie passt zu keiner. Menschen würden eine Fehlerseite sehen.
console-differs = Unterscheidet sich
console-differs-slash = Nur durch einen Schrägstrich am Ende
console-differs-case = Nur in Groß- und Kleinschreibung
console-differs-scheme = Im Schema
console-differs-port = Im Port
console-differs-query = Nur in der Query
console-differs-path = Im Pfad
console-differs-host = Im Host, oder ganz
console-no-uris = Es ist keine Redirect-URI registriert.
console-secrets = Geheimnisse
console-no-secret = Dieser Client hat kein Geheimnis.
console-ends-in = Endet auf
console-until = Bis
console-current = Aktuell
console-overlap = Wie lange das alte Geheimnis noch gilt
console-overlap-hours = { $hours ->
    [0] Gar nicht
    [one] { $hours } Stunde
   *[other] { $hours } Stunden
}
console-rotate-secret = Neues Geheimnis machen
console-danger = Anhalten und löschen
console-disable = Deaktivieren
console-enable = Aktivieren
console-disable-client-what = Seine Freigaben und Tokens enden sofort und kommen nicht zurück.
console-delete-client = Client löschen
console-delete-client-what = Löschen beendet alles, was Menschen ihm erlaubt haben. Es lässt sich nicht rückgängig machen.
console-email = E-Mail-Adresse
console-role = Rolle
console-role-member = Mitglied
console-no-users = Hier ist niemand. Legen Sie das erste Konto an, oder suchen Sie etwas anderes.
console-new-user = Neues Konto
console-password-hint = Darf leer bleiben: Dann kann sich die Person nicht mit einem Passwort anmelden.
console-workspace = Arbeitsbereich
console-user-id = sub
console-claims = Angaben
console-sessions = Sitzungen
console-yes = Ja
console-no = Nein
console-in-none = In keinem Arbeitsbereich.
console-disable-user-what = Ihre Sitzungen, Freigaben und Tokens enden sofort.
console-sign-out = Überall abmelden
console-sign-out-what = Alle Sitzungen dieser Person enden, und ihre Apps erfahren es.
console-set-password = Passwort setzen
console-set-password-what = Die Person wird überall abgemeldet. Teilen Sie ihr das Passwort auf sicherem Weg mit.
console-delete-user = Konto löschen
console-delete-user-what = Löschen beendet alles, was diese Person erlaubt hat. Es lässt sich nicht rückgängig machen.
console-not-one = Wählen Sie eines aus der Liste.
console-slug = Kürzel
console-slug-hint = Kleine Buchstaben, Ziffern und Bindestriche. Programme kennen den Arbeitsbereich daran; es ändert sich nie.
console-members = Mitglieder
console-no-workspaces = Hier sind keine Arbeitsbereiche.
console-no-members = Niemand ist darin.
console-new-workspace = Neuer Arbeitsbereich
console-remove = Entfernen
console-put = Aufnehmen oder Rolle ändern
console-put-what = Wer schon Mitglied ist, bekommt die andere Rolle.
console-nobody = Es gibt kein Konto mit dieser Adresse oder Kennung.
console-delete-workspace = Arbeitsbereich löschen
console-delete-workspace-what = Alles, was darin erlaubt wurde, endet; die Personen behalten ihre Konten.
console-action = Aktion
console-actor = Wer
console-object = Woran
console-when = Wann
console-address = Von
console-detail = Einzelheiten
console-from = Seit (2026-11-22)
console-no-events = Es ist nichts Passendes geschehen.
console-export = Export als { $shape }
console-key = Schlüssel
console-key-next = Nächster
console-key-active = Signiert
console-key-retired = Außer Dienst
console-algorithm = Algorithmus
console-made = Gemacht
console-signs-since = Signiert seit
console-age = Alter
console-days = { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}
console-retire = Außer Dienst stellen
console-retire-what = { $kid } hört sofort auf; signiert er, übernimmt ein anderer. Was er signiert hat, bleibt eine Weile prüfbar.
console-no-keys = Noch keine Signierschlüssel.
console-rotate = Wechseln
console-rotate-what = Schlüssel wechseln von selbst. Von Hand kündigen Sie den nächsten an: Dann begegnet keine App einem Schlüssel, den sie noch nicht kennen kann.
console-announce = Den nächsten ankündigen; er übernimmt von selbst
console-rotate-now = Jetzt wechseln
console-invite = Einladung machen
console-invites = Einladungen
console-invites-what = Wer das Token einer Einladung hat, darf unter /oauth2/register eine App registrieren, wo das eingeschaltet ist.
console-no-invites = Keine Einladungen.
console-uses = Für wie viele Registrierungen
console-days-good = Für wie viele Tage
console-used-of = Benutzt
console-of = { $used } von { $uses }
console-revoke = Widerrufen
console-token = Initial Access Token
console-token-once = Kopieren Sie das Token jetzt: Es wird nur dieses eine Mal gezeigt.
console-seen = Clients, die vorbeikamen
console-seen-what = Sie sind durch eigene Dokumente beschrieben; niemand hat sie hier registriert.
console-no-seen = Es kam keiner vorbei.
console-last-seen = Zuletzt gesehen
console-block = Sperren
console-unblock = Entsperren
console-grants-what = Was Menschen Clients erlaubt haben. Suchen Sie nach Person oder Client.
console-person = Person: Adresse oder sub
console-client = Client
console-used = Zuletzt benutzt
console-end = Beenden
console-end-all = Alle beenden
console-end-all-what = Ihre Tokens enden sofort.
console-no-grants = Keine Freigabe lebt.
console-tokens = API-Token
console-no-tokens = Keine API-Token.
console-token-until = Gültig bis
console-token-one = Token
console-token-named = { $name } (… { $hint })
console-field-limit = Anfragen je Sekunde
    .hint = Leer: wie in den Einstellungen. 0: keine Grenze.
console-limit = Grenze setzen
console-limit-wrong = Geben Sie eine ganze Zahl ein, 0 für keine Grenze, oder nichts.
console-limit-workspace = Für alle API-Token und Apps in diesem Arbeitsbereich zusammen.
console-setting = Einstellung
console-value = Wert
console-source = Woher
console-settings-what = Die Einstellungen, die gelten. Sie werden in der Konfiguration geändert, nicht hier.
console-no-settings = Es ist nicht bekannt, woher die Einstellungen kamen.
console-masked = Gesetzt, nicht gezeigt
console-source-default = Vorgabe
console-source-file = Datei { $path }
console-source-env = Umgebung, { $name }
console-source-flag = Kommandozeile, { $name }
console-source-derived = Aus einer anderen Einstellung
console-well = In Ordnung
console-unwell = Antwortet nicht
console-database = Datenbank
console-database-kind = Art der Datenbank
console-issuer = Issuer
console-version = Version
console-day = Die letzten 24 Stunden
console-chart-requests = Anfragen
console-chart-errors = Serverfehler
console-chart-sign-ins = Anmeldungen
console-chart-grants = Lebende Freigaben
console-chart-said = { $total } insgesamt, höchstens { $most } in einer Stunde
console-jobs = Hintergrundarbeit
console-jobs-what = Was Server von selbst tun. Jeder tut alles; zusammen tun sie jedes nur einmal.
console-waiting = Was wartet
console-mails-waiting = E-Mails
console-notices-waiting = Nachrichten über Abmeldungen
console-here = Auf dem Server, der diese Seite gemacht hat
console-job = Was
console-ran = Zuletzt getan
console-rests = Ruht
console-took = Dauerte
console-runs = Mal getan
console-failures = Mal misslungen
console-millis = { $n } ms
console-seconds = { $n } s
console-job-failed = Misslungen
console-no-jobs = Noch wurde nichts getan. Sehen Sie in einer Minute wieder nach.
console-job-notice = Bemerken, was andere Server ändern
console-job-keys = Signaturschlüssel übergeben
console-job-purge = Löschen, was vorbei ist
console-job-registry = Aufräumen, was sich selbst registriert hat
console-job-sightings = Notieren, welche Clients vorbeikamen
console-job-trail = Das Protokoll verketten
console-job-pulse = Für die Diagramme zählen
console-job-sign-outs = Apps von Abmeldungen benachrichtigen
console-job-mails = E-Mails übergeben
console-invite-person = Jemanden einladen
console-invitations = Einladungen
console-invite-what = Sie bekommen einen Link, mit dem sie ihr Konto anlegen oder mit dem vorhandenen beitreten. Er gilt einmal, eine Woche lang.
console-invite-link = Einladungslink
console-invite-once = Kopieren Sie den Link jetzt: Er wird nur dieses eine Mal gezeigt. Wer ihn hat, kann ihn benutzen.
console-invite-mailed = Er wurde auch an { $email } geschickt.
console-no-invitations = Niemand ist eingeladen.
console-change-role = Rolle ändern
console-role-what = Von jemandem, der Mitglied ist. Wer es noch nicht ist, wird weiter unten eingeladen.
console-no-member = Niemand hier hat diese Adresse. Laden Sie die Person stattdessen ein.
console-managed-what = Die, die Sie verwalten.
console-role-manager = Workspace-Admin
console-apps = Apps
console-apps-what = Was in diesem Workspace handelt, und für wie viele Menschen.
console-no-apps = Keine App handelt in ihm.
console-more-apps = Es gibt mehr: /v1/workspaces zählt alle auf.
console-people = Menschen
console-attention = Was Aufmerksamkeit braucht
console-no-attention = Nichts. Alles in Ordnung.
console-numbers = Zahlen
console-health = Befinden
console-at-least = { $n } oder mehr
console-one-admin = Sie sind der einzige Admin. Machen Sie noch jemanden zum Admin, damit niemand ausgesperrt ist.
console-old-key = Der Schlüssel für { $alg } ist älter, als er sein sollte. Sehen Sie ins Log der Hintergrundarbeit, oder wechseln Sie ihn.
console-open-registration = Jeder darf eine App registrieren (registration ist open).
console-open-cimd = Apps mit eigenem Dokument dürfen von jedem Host kommen (cimd ist on).
console-legacy = Response-Typen, die Tokens durch Browser schicken, sind erlaubt (legacy_response_types).
console-plain-http = Der Issuer ist einfaches http. Das ist nur für den eigenen Rechner.

## Passkeys, auf /login, /account und wo gefragt wird, wer da ist

login-passkey = Mit Passkey anmelden
login-use-password = Stattdessen das Passwort benutzen
login-more-why = Diese App verlangt mehr, als womit Sie sich angemeldet haben: Passwort und Code oder einen Passkey.
login-passkey-why = Diese App verlangt eine Anmeldung mit Ihrem Passkey.
login-passkey-refused = Dieser Passkey geht hier nicht. Versuchen Sie es noch einmal, mit einem anderen oder mit Ihrem Passwort.
passkeys = Passkeys
passkeys-what = Melden Sie sich mit Fingerabdruck, Gesicht oder der PIN Ihres Geräts an. Niemand kann das stehlen oder erraten, und Sie müssen sich nichts merken.
passkey-synced = Auf Ihren Geräten
passkey-since = hinzugefügt am { $day }
passkey-rename = Umbenennen
passkey-remove = Entfernen
passkey-remove-named = Den Passkey { $passkey } entfernen
passkey-new = Passkey hinzufügen
passkey-new-what = Ihr Browser fragt Sie, wo er aufbewahrt werden soll: auf diesem Gerät, auf Ihrem Telefon oder auf einem Sicherheitsschlüssel.
passkey-name = Name
passkey-name-hint = Daran erkennen Sie ihn später.
passkey-create = Passkey anlegen
passkey-no-scripts = Passkeys brauchen Skripte, und die sind in Ihrem Browser ausgeschaltet. Ihr Passwort geht auch ohne.
passkey-impossible = Passkeys brauchen eine Adresse mit einem Namen, und dieser Server wird über eine Nummer erreicht. Wer { $brand } betreibt, kann das ändern.
passkey-failed = Ihr Browser oder Ihr Gerät ist damit nicht fertig geworden. Versuchen Sie es noch einmal.
passkey-known = Dieses Gerät hat schon einen Passkey für Ihr Konto.
passkey-not-made = Dieser Passkey ließ sich nicht prüfen. Nichts wurde geändert; versuchen Sie es noch einmal.
passkey-enough = Sie haben { $most } Passkeys, mehr gehen nicht. Entfernen Sie einen, den Sie nicht benutzen.
passkey-last = Sie haben kein Passwort, darum ist dieser Passkey Ihr einziger Weg hinein. Fügen Sie zuerst einen anderen hinzu.
passkey-added = Ihr Passkey ist hinzugefügt. Benutzen Sie ihn bei der nächsten Anmeldung.
passkey-renamed = Ihr Passkey hat einen neuen Namen.
passkey-removed = Ihr Passkey ist entfernt. Löschen Sie ihn auch auf Ihrem Gerät.
activity-passkey-added = Sie haben einen Passkey hinzugefügt
activity-passkey-renamed = Sie haben einen Passkey umbenannt
activity-passkey-removed = Sie haben einen Passkey entfernt
activity-passkey-refused = Ein Passkey von Ihnen wurde abgewiesen: er sah wie eine Kopie aus
activity-verified-again = Sie haben noch einmal bestätigt, wer Sie sind
mail-signin-changed = Wie Sie sich bei { $brand } anmelden, wurde geändert
mail-signin-changed-not-you = Wenn Sie das nicht waren, setzen Sie sofort ein neues Passwort, und sehen Sie auf Ihrer Kontoseite unter Sicherheit nach.
mail-passkey-added = Zum Konto { $email } wurde der Passkey { $passkey } hinzugefügt.
mail-passkey-removed = Vom Konto { $email } wurde der Passkey { $passkey } entfernt.
sudo-title = Bestätigen Sie, dass Sie es sind
sudo-why = Sie sind als { $user } angemeldet. Was Sie vorhaben, braucht einen frischen Nachweis; danach geht es weiter.
sudo-passkey = Passkey benutzen
sudo-cancel = Zurück zu Ihrem Konto
sudo-no-way = Sie haben weder Passwort noch Passkey, um es nachzuweisen. Melden Sie sich ab und wieder an.

## Codes einer App und Notfallcodes: der zweite Schritt

second-title = Code eingeben
second-what = Ihr Passwort stimmt. Geben Sie jetzt den Code ein, den Ihre App zeigt.
second-code = Sechsstelliger Code
second-wrong = Dieser Code stimmt nicht, oder er wurde schon benutzt. Warten Sie auf den nächsten und versuchen Sie es noch einmal.
second-lost = App verloren?
second-recovery = Einer Ihrer Notfallcodes
second-recovery-do = Notfallcode benutzen
second-lost-all = Auch keine Notfallcodes mehr? Wer { $brand } betreibt, kann Ihnen helfen, wenn klar ist, dass Sie es sind.
codes = Codes einer App
codes-what = Nach dem Passwort werden Sie nach einem Code gefragt, den eine App auf Ihrem Telefon zeigt. Wer Ihr Passwort gestohlen hat, ist damit noch nicht drin.
codes-app = App, die Codes zeigt
codes-since = eingerichtet am { $day }
codes-remove = Die App entfernen, die Codes zeigt
codes-new = Codes einrichten
codes-new-what = Öffnen Sie eine App, die Codes zeigt (oft „Authenticator“ genannt), und scannen Sie damit dieses Bild.
codes-qr = QR-Code für Ihre App
codes-typed = Oder tippen Sie diesen Schlüssel ein:
codes-confirm = Einschalten
codes-wrong = Das ist nicht der Code zu diesem Schlüssel in diesem Moment. Sehen Sie noch einmal in die App; die Uhr Ihres Telefons muss richtig gehen.
codes-need-password = Codes sind der zweite Schritt nach einem Passwort, und Ihr Konto hat keines.
codes-on = Codes sind an: Sie werden bei jeder Anmeldung mit Passwort nach einem gefragt.
codes-off = Codes sind aus. Ihr Passwort allein genügt.
recovery = Notfallcodes
recovery-what = Drucken Sie sie aus oder bewahren Sie sie dort auf, wo Ihre Passwörter sind. Jeder lässt Sie einmal hinein, statt eines Codes Ihrer App. Sie werden nur jetzt gezeigt.
recovery-kept = Ich habe sie aufbewahrt
recovery-left = { $left ->
    [0] Keiner mehr übrig: machen Sie neue
    [one] Noch { $left } Code
   *[other] Noch { $left } Codes
}
recovery-renew = Neue machen
activity-codes-on = Sie haben Codes einer App eingeschaltet
activity-codes-off = Sie haben Codes einer App ausgeschaltet
activity-recovery-new = Sie haben neue Notfallcodes gemacht
activity-recovery-used = Ein Notfallcode von Ihnen wurde benutzt
activity-factors-reset = Ihre Passkeys und Codes wurden von der Verwaltung entfernt
mail-codes-on = Die Anmeldung am Konto { $email } braucht ab jetzt einen Code einer App.
mail-codes-off = Die Anmeldung am Konto { $email } braucht keinen Code einer App mehr.
mail-recovery-new = Für das Konto { $email } gibt es neue Notfallcodes. Die bisherigen gelten nicht mehr.
mail-recovery-used = { $left ->
    [0] Mit einem Notfallcode hat sich jemand am Konto { $email } angemeldet. Es war der letzte: machen Sie neue auf Ihrer Kontoseite.
    [one] Mit einem Notfallcode hat sich jemand am Konto { $email } angemeldet. { $left } ist übrig.
   *[other] Mit einem Notfallcode hat sich jemand am Konto { $email } angemeldet. { $left } sind übrig.
}
mail-factors-reset = Alle Passkeys und Codes des Kontos { $email } wurden von der Verwaltung entfernt. Ihr Passwort allein genügt.
console-reset-factors = Passkeys und Codes entfernen
console-reset-factors-what = Für Leute, die sie verloren haben: Passkeys, Codes und Notfallcodes sind weg, alle Sitzungen enden, und die Person bekommt eine Mail. Seien Sie sicher, wer da fragt.

## Selbst angelegte Konten, und wie gut ein Passwort ist

login-signup = Noch kein Konto? Legen Sie eines an
signup-title = Konto anlegen
signup-what = Nennen Sie uns Ihre E-Mail-Adresse. Wir schicken Ihnen einen Link, mit dem es weitergeht.
signup-have = Ich habe ein Konto
signup-sent = Eine Mail ist unterwegs, in der steht, wie es weitergeht. Ihr Link gilt { $hours } Stunden.
signup-sent-next = Nach ein paar Minuten noch nichts da? Sehen Sie bei den unerwünschten Mails nach, und prüfen Sie, ob die Adresse stimmt.
signup-finish = Name und Passwort wählen
signup-domain = Konten gibt es hier für Adressen von { $domains }.
stopped-signup-closed = Hier ist nichts
    .sentence = Konten legt hier niemand selbst an.
    .next = Bitten Sie die Betreiber dieses Servers um eine Einladung.
stopped-signup-link = Dieser Link geht nicht mehr
    .sentence = Er wurde benutzt, ein neuerer wurde geschickt, oder seine Zeit ist um.
    .next = Gehen Sie zur Anmeldung und legen Sie noch einmal ein Konto an; wir schicken Ihnen einen neuen Link.
mail-signup = Ihr Konto bei { $brand } fertig anlegen
mail-signup-why = Jemand, hoffentlich Sie, möchte ein Konto bei { $brand } mit der Adresse { $email }.
mail-signup-do = Konto fertig anlegen
mail-hours = Der Link geht einmal, { $hours } Stunden lang.
mail-have = Sie haben ein Konto bei { $brand }
mail-have-why = Jemand, hoffentlich Sie, wollte ein neues Konto bei { $brand } mit der Adresse { $email }. Es gibt schon eines: melden Sie sich damit an.
mail-have-forgot = Passwort vergessen? Setzen Sie ein neues unter { $link }
meter = Wie gut dieses Passwort ist
meter-short = Zu kurz
meter-guessable = Leicht zu erraten
meter-fair = Geht; länger ist besser
meter-good = Gut
meter-best = Sehr gut

sources = Quellen
sources-what = Ihre Anwendungen bei anderen Unternehmen, mit denen Menschen ihre dortigen Konten verbinden.
sources-none = Es gibt noch keine.
source-new = Quelle hinzufügen
source-type = Art
source-accounts = Konten
source-active = Aktiv
source-misconfigured = Vom Anbieter abgelehnt
source-paused = Angehalten
source-since = Seit
source-choose = Wo ist sie?
source-other = Etwas anderes
source-checked = zuletzt geprüft { $day }
source-unverified = { $n ->
    [one] eine Angabe ist nicht bestätigt
   *[other] { $n } Angaben sind nicht bestätigt
}
source-id-is = Wie Konten heißen: { $meaning }
source-make = Hinzufügen
source-client-id = Client-Id beim Anbieter
source-secret = Client-Geheimnis
source-scopes = Scopes
source-scopes-hint = Einer je Zeile; leer für { $scopes }
source-redirect-uri = Tragen Sie diese Rückkehradresse beim Anbieter ein, genau so
source-verify = Prüfen
source-verify-what = Fragt den Anbieter, ob er diese Client-Id und dieses Geheimnis kennt. Sonst geschieht nichts.
source-verified = Der Anbieter kennt diese Client-Id, und das Geheimnis stimmt.
source-refused = Der Anbieter lehnt die Client-Id oder das Geheimnis ab: { $error }. Die Konten bleiben, wie sie sind, und warten.
source-unclear = Die Antwort des Anbieters sagt weder Ja noch Nein: { $error }
source-unreachable = Der Anbieter ist gerade nicht erreichbar.
source-unverifiable = Das lässt sich nicht prüfen, bevor jemand verbunden hat.
source-pause = Anhalten
source-start = Wieder beginnen
source-new-secret = Neues Client-Geheimnis
source-keep-old = Das bisherige daneben behalten, bis Sie es beim Anbieter entfernt haben
source-set-secret = Geheimnis setzen
source-secret-what = Mit zweien steht beim Wechsel nichts still.
source-delete = Quelle löschen
source-delete-what = Alle Konten, die damit verbunden sind, werden mit gelöscht. Das lässt sich nicht rückgängig machen.
source-scopes-lines = Einer je Zeile
source-space = ein Leerzeichen

## /connect: ein Konto bei einem anderen Unternehmen

connect-title = { $provider } verbinden
connect-whose = Ein Konto von Ihnen bei { $provider } wird in { $workspace } verfügbar, als Konto von { $person }.
connect-confirm = Jedes Konto bei { $provider }, das Sie verbinden, wird von { $person } in { $workspace } benutzt. Fahren Sie nur fort, wenn Sie die Person kennen und auf diesen Link gewartet haben.
connect-repair = Das Konto { $account } braucht Sie noch einmal: Erlauben Sie bei { $provider } den Zugriff erneut.
connect-how = Sie melden sich bei { $provider } selbst an. Ihr Passwort dort sehen wir nie.
connect-go = Weiter zu { $provider }
connect-do = Verbinden
connect-again = Noch einmal versuchen
connect-optional = freiwillig
connect-kept = Es wird verschlüsselt aufbewahrt und nur für { $provider } benutzt.
connect-field-wrong = Sehen Sie sich „{ $field }“ noch einmal an: So kann es nicht stimmen.
connect-rejected = Der Anbieter nimmt das nicht an. Prüfen Sie, ob es vollständig ist und noch gilt.
connect-later = Der Anbieter antwortet gerade nicht. Es wurde nichts aufbewahrt; versuchen Sie es gleich noch einmal.
connect-connected = { $account } ist verbunden
    .sentence = Der Zugriff auf { $provider } ist eingerichtet und wird für Sie aufrechterhalten.
    .next = Sie können dieses Fenster schließen.
connect-received = Ihr Teil ist getan
    .sentence = { $provider } hat uns eingelassen.
    .next = Gehen Sie zurück zu der App, von der Sie kamen; sie erledigt den Rest.
connect-waits = Einen Moment
    .sentence = { $provider } wird gefragt, wer Sie sind.
    .next = Diese Seite sieht von selbst wieder nach.
connect-user-denied = Es wurde nichts verbunden
    .sentence = Der Zugriff wurde beim Anbieter abgelehnt.
    .next = War das ein Versehen, so beginnen Sie neu und erlauben Sie ihn dort.
connect-admin-consent = Das muss ein Administrator erlauben
    .sentence = Beim Anbieter darf nur ein Administrator Ihrer Organisation Apps zulassen.
    .next = Bitten Sie ihn, diese App zuzulassen, und beginnen Sie dann neu.
connect-approval-pending = Ihre Anfrage liegt bei einem Administrator
    .sentence = Der Anbieter hat einen Administrator Ihrer Organisation gefragt.
    .next = Beginnen Sie neu, sobald er zugestimmt hat.
connect-insufficient-scope = Es wurde nicht alles erlaubt
    .sentence = Der Anbieter gewährt weniger, als nötig ist; darum wurde nichts aufbewahrt.
    .next = Beginnen Sie neu und lassen Sie alles angekreuzt.
connect-wrong-account = Das ist ein anderes Konto
    .sentence = Beim Anbieter waren Sie mit einem anderen Konto angemeldet als dem, das verbunden werden sollte. Es wurde nichts geändert.
    .next = Melden Sie sich dort ab und mit dem richtigen Konto an, und beginnen Sie dann neu.
connect-taken = Dieses Konto ist schon verbunden
    .sentence = Jemand anderes hat es hier vor Ihnen verbunden.
    .next = Bitten Sie darum, es mit Ihnen zu teilen.
connect-expired = Diese Verbindung wartet nicht mehr
    .sentence = Ihre Zeit ist vorbei, sie wurde beendet oder in einem anderen Tab neu begonnen.
    .next = Gehen Sie dorthin zurück, woher Sie kamen, und beginnen Sie neu.
connect-browser-mismatch = Das ist ein anderer Browser
    .sentence = Die Verbindung wurde in einem anderen Browser begonnen und kann in diesem nicht beendet werden. Es wurde nichts verbunden.
    .next = Beginnen Sie in diesem Browser neu.
connect-session-mismatch = Diese Verbindung ist für jemand anderen
    .sentence = Sie wurde für eine andere Person gemacht als die, die hier angemeldet ist. Es wurde nichts verbunden.
    .next = Melden Sie sich als die Person an, für die sie ist, und beginnen Sie neu. Hat Ihnen jemand den Link geschickt, so lassen Sie es.
connect-issuer-mismatch = Diese Antwort ist nicht vom Anbieter
    .sentence = Sie nennt einen anderen Absender als den, zu dem Sie geschickt wurden. Es wurde nichts verbunden.
    .next = Beginnen Sie neu. Geschieht es noch einmal, so sagen Sie es denen, die { $brand } betreiben.
connect-code-rejected = Der Anbieter hat es nicht abgeschlossen
    .sentence = Er nahm die Bestätigung nicht mehr an, die er Ihnen gegeben hatte. Das geschieht, wenn es zu lange dauert.
    .next = Beginnen Sie neu.
connect-credentials-rejected = Der Anbieter nimmt das nicht an
    .sentence = Was ihm gezeigt wurde, gilt dort nicht. Es wurde nichts aufbewahrt.
    .next = Beginnen Sie neu und prüfen Sie, ob alles vollständig ist und noch gilt.
connect-provider-error = Der Anbieter konnte es nicht abschließen
    .sentence = Er antwortete mit einem Fehler oder gar nicht. Es wurde nichts aufbewahrt.
    .next = Warten Sie einen Moment und beginnen Sie neu.
connect-no-refresh-token = Der Zugriff wäre nicht von Dauer
    .sentence = Der Anbieter gab nichts, womit der Zugriff aufrechterhalten werden könnte; darum wurde nichts aufbewahrt.
    .next = Entfernen Sie diese App in Ihren Einstellungen beim Anbieter, und beginnen Sie dann neu.
connect-source-misconfigured = Verbinden geht gerade nicht
    .sentence = Der Anbieter weist die Anwendung ab, mit der hier Konten verbunden werden. Das liegt nicht an Ihnen.
    .next = Sagen Sie es einem Administrator Ihres Arbeitsbereichs.
connect-no-account = Dieses Konto gibt es nicht
    .sentence = Es wurde gelöscht, oder Sie dürfen es nicht verbinden.
    .next = Prüfen Sie die Adresse, und ob Sie als die richtige Person angemeldet sind.

## Connections, for those who look after a workspace
console-connections = Verbindungen
activity-connection-opened = Die Verwaltung hat eine Ihrer Verbindungen geöffnet
mail-opened = Eine Ihrer Verbindungen bei { $brand } wurde geöffnet
mail-opened-what = { $who } verwaltet Ihren Arbeitsbereich und hat am { $at } Ihre Verbindung { $connection } geöffnet.
mail-opened-why = Als Grund angegeben: { $reason }
mail-opened-until = Bis { $until } kann die Person sie sehen, benutzen, ändern und weitergeben wie Sie.
mail-opened-do = Sehen, was geschah
mail-opened-not-right = Wenn Sie nicht wissen, warum, fragen Sie nach. Alles, was geschieht, wird festgehalten.
connection-opened = { $who } verwaltet den Arbeitsbereich und hat dies bis { $until } geöffnet: „{ $reason }“
connection-transfer = Jemand anderem geben
told-revoked = Abgeschaltet: Der Dienst nimmt unseren Zugriff nicht mehr an
told-lost = Abgeschaltet: Eine Antwort des Dienstes ging unterwegs verloren
told-expired = Abgeschaltet: Die Zeit, für die der Dienst Zugriff gibt, ist vorbei
told-uninstalled = Abgeschaltet: Die App wurde beim Dienst entfernt
told-scope = Abgeschaltet: Was der Dienst erlaubt, genügt nicht mehr
told-owner-gone = Abgeschaltet: Wem es gehörte, hat den Arbeitsbereich verlassen
told-busy = Der Dienst bittet uns, seltener zu kommen
told-silent = Der Dienst ist nicht zu erreichen
told-source = Der Dienst nimmt nicht an, wie wir fragen
told-due = Muss bis { $day } erneut erlaubt werden
told-renamed = Heißt von da an { $name }
told-shared = { $level ->
    [view] Geteilt mit { $who }, zum Sehen
    [use] Geteilt mit { $who }, zum Benutzen
   *[manage] Geteilt mit { $who }, zum Benutzen und Verwalten
}
told-shared-all = { $level ->
    [view] Geteilt mit allen im Arbeitsbereich, zum Sehen
    [use] Geteilt mit allen im Arbeitsbereich, zum Benutzen
   *[manage] Geteilt mit allen im Arbeitsbereich, zum Benutzen und Verwalten
}
told-unshared = Nicht mehr mit { $who } geteilt
told-unshared-all = Nicht mehr mit allen im Arbeitsbereich geteilt
told-transferred = { $who } gegeben
told-transferred-workspace = Dem Arbeitsbereich gegeben
told-given-back = Zugriff dem Dienst zurückgegeben
told-arrived = Was herausgegeben wurde, ist hier vergessen
told-opened = Im Notfall geöffnet: „{ $reason }“
told-closed = Wieder geschlossen
told-other = { $kind }
told-by-person = durch { $who }
told-by-app = durch die App { $who }
told-by-operator = durch den Betrieb dieses Servers
told-by-service = durch den Dienst oder dessen Nutzer dort
told-by-nobody = niemand hat etwas falsch gemacht
told-by-leaving = durch das Verlassen des Arbeitsbereichs
told-by-source = durch die Einrichtung der Quelle
told-do-enable = Schalten Sie es ein, um es wieder zu benutzen.
told-do-give = Die Verwaltung des Arbeitsbereichs kann es jemand anderem geben oder löschen.
told-do-install = Fügen Sie die App beim Dienst wieder hinzu, und verbinden Sie das Konto dann erneut.
told-do-reconnect = Verbinden Sie es erneut.
told-do-source = Die Verwaltung des Arbeitsbereichs sieht sich die Quelle an.
told-do-wait = Nichts: Es wird von selbst erneut versucht.
told-do-before = Verbinden Sie es vor dem { $day } erneut.
connections-private = Konten bei anderen Firmen gehören denen, die sie verbunden haben; sonst erfährt niemand, dass sie hier sind. Sie sehen davon Zahlen; aufgelistet werden nur die des Arbeitsbereichs selbst.
connections-all = Arbeitsbereich, mit Kurznamen; leer für alle
connections-refused = Der Anbieter von { $source } weist Ihre Anwendung ab ({ $error }). Verbindungen, die warten, bis das behoben ist: { $n }.
connections-revoked = Beim Dienst zurückgenommen: { $n }. Wem sie gehören, verbindet sie erneut.
connections-lost = Mit einer Antwort des Dienstes verloren: { $n }. Niemand hat etwas falsch gemacht; wem sie gehören, verbindet sie erneut.
connections-expired = Die Zeit des Dienstes für sie ist vorbei: { $n }. Wem sie gehören, verbindet sie erneut.
connections-uninstalled = Ihre App wurde beim Dienst entfernt: { $n }. Sie muss dort wieder hinzugefügt werden, dann werden sie erneut verbunden.
connections-scope = Was der Dienst erlaubt, genügt nicht mehr: { $n }. Wem sie gehören, verbindet sie erneut.
connections-orphans = Wem diese gehörten, hat den Arbeitsbereich verlassen. Öffnen Sie eines, um es jemand anderem zu geben oder zu löschen.
connections-orphaned = Verbindungen, deren Besitzer gegangen sind
connections-calm = Nichts wartet auf jemanden.
connections-none = Es gibt keine.
connections-account = Verbindung
connections-source = Quelle
connections-owner = Gehört
connections-why = Was zu tun ist
connections-yours = Verbindungen, die Sie sehen dürfen
connections-yours-what = Die des Arbeitsbereichs selbst, Ihre eigenen, mit Ihnen geteilte, und was Sie gerade geöffnet haben.
connections-any = Alle
connections-health = Zustand
connections-opened = Von Ihnen geöffnet
connections-workspace-owns = Dem Arbeitsbereich
connections-you-own = Ihnen
connections-external-id = Wie der Anbieter es nennt
connections-verified = Wem es gehört
connections-id = Seine Kennung
connections-refreshed = Erneuert
connections-used = Zuletzt benutzt
connections-consent-until = Muss erneut erlaubt werden bis
connections-when = Wann
connections-what = Was
connections-whose = Durch wen
connections-next = Was zu tun ist
connections-nothing = Noch nichts.
connections-who = Wer
connections-address = Von
connections-purpose = Wofür
connections-times = Mal
connections-give-to = An
connections-give-hint = Die Adresse eines Mitglieds; leer für den Arbeitsbereich selbst.
connections-give-what = Wem sie dann gehört, bestimmt, wer sie noch sehen und benutzen darf. Mit wem sie jetzt geteilt ist, bleibt.
glass = Verbindung eines Mitglieds öffnen
glass-what = Für Notfälle und für das, was Leute zurücklassen, die gegangen sind. { $minutes } Minuten lang können Sie die Verbindung wie ihr Besitzer sehen, benutzen, ändern und weitergeben. Das wird mit Ihrem Namen und Grund festgehalten, und der Besitzer erfährt es per E-Mail und auf seiner Seite.
glass-off = In diesem Arbeitsbereich darf niemand Verbindungen von Mitgliedern öffnen. Wem er gehört, kann das ändern.
glass-forbid = Das hier niemandem erlauben
glass-allow = Das hier Besitzern und Verwaltern erlauben
glass-account = Welche Verbindung
glass-account-hint = Ihre Kennung, wie acc_…, oder wie der Anbieter sie nennt; dann zählt auch die Quelle.
glass-open = Öffnen
glass-reason = Warum
glass-reason-hint = Das liest, wem sie gehört.
glass-reason-needed = Sagen Sie, warum, in höchstens 500 Zeichen.
glass-nothing = So eine Verbindung gibt es in diesem Arbeitsbereich nicht.
glass-already = Diese verwalten Sie ohnehin.
glass-open-until = Sie haben diese Verbindung im Notfall geöffnet, bis { $until }. Der Besitzer weiß davon.
glass-close = Ich bin damit fertig

## A connection: sharing it, giving it away, giving access back
connection-with-member = Einem Mitglied des Arbeitsbereichs
connection-with-client = Einem Programm
connection-who = Wem
connection-no-client = Ein Programm mit dieser Client-ID gibt es nicht.
connection-until-when = Bis
connection-until-hint = Der letzte Tag; leer, bis Sie es beenden.
connection-until-wrong = Wählen Sie einen Tag, der nicht vorbei ist.
connection-busy = Der Zugriff wird gerade erneuert. Es wurde nichts geändert; versuchen Sie es gleich noch einmal.
connection-done-shared = Es ist geteilt.
connection-done-unshared = Es ist nicht mehr mit ihnen geteilt.
connection-done-disabled = Es ist abgeschaltet. Niemand bekommt Zugriff, bis es wieder eingeschaltet ist.
connection-done-enabled = Es ist eingeschaltet.
connection-done-freed = Der Zugriff ist zurückgegeben. Der Dienst hat bestätigt, dass er beendet ist.
connection-done-freed-here = Der Zugriff ist hier vergessen. Dem Dienst konnte es nicht gesagt werden; beenden Sie ihn auch in dessen Einstellungen.
connection-given = Die Verbindung gehört jetzt jemand anderem.
connection-give-what = Sie gehört dann jemand anderem, und Sie sehen sie nicht mehr, außer sie wird mit Ihnen geteilt.
connection-give-to = Die Adresse eines Mitglieds des Arbeitsbereichs
connection-give-workspace = Leer: Sie gehört dem Arbeitsbereich, und dessen Besitzer und Verwalter kümmern sich darum.
connection-give-sure = Ja, weggeben
connection-free = Zugriff zurückgeben
connection-free-what = Dem Dienst wird gesagt, dass wir unseren Zugriff nicht mehr brauchen, und wir vergessen ihn. Die Verbindung bleibt hier, abgeschaltet, mit ihrer Geschichte; verbinden Sie sie erneut, um sie wieder zu benutzen.
connection-free-together = Diese gehen mit, weil dieselbe Zustimmung sie öffnet:
connection-free-others = und andere dieses Arbeitsbereichs: { $n }
connection-free-export = Soll der Zugriff stattdessen woanders hin, bittet ein Programm von Ihnen einmal darum: { $path }
connection-free-sure = Ja, unseren Zugriff zurückgeben

## Webhooks, on /account
account-webhooks = Webhooks
account-webhooks-what = Adressen von Programmen, denen gesagt wird, was mit Ihren verbundenen Konten und den mit Ihnen geteilten geschieht. Ein Token steht nie darin.
hook-active = Funktioniert
hook-failing = Nicht zugestellt
hook-paused = Angehalten
hook-gone = Unter seiner Adresse heißt es, dass dort niemand mehr ist; es wird nichts mehr geschickt. Starten Sie es wieder, sobald das behoben ist.
hook-stopped = Sie haben es angehalten. Was inzwischen geschieht, wird nicht nachgeholt.
hook-failed = Eine Nachricht ließ sich einen Tag lang nicht zustellen ({ $answer }). Was danach kam, wird trotzdem geschickt; die fehlenden können Sie unten erneut senden.
hook-open = Wartet
hook-delivered = Zugestellt
hook-given-up = Aufgegeben
hook-what = Was ihm gesagt wird
hook-everything = Alles außer jeder Erneuerung
hook-last = nahm { $time } eine Nachricht an
hook-never = hat noch keine Nachricht angenommen
hook-start = Wieder starten
hook-test = Probe senden
hook-pause = Anhalten
hook-rotate = Neues Geheimnis
hook-secret = Dieses Geheimnis unterschreibt die Nachrichten. Kopieren Sie es jetzt: Es wird nicht noch einmal gezeigt. Bei einem neuen unterschreibt das alte noch einen Tag mit.
hook-messages = Nachrichten
hook-messages-what = Die neuesten aus 30 Tagen. Eine erneut gesendete behält ihren Namen, damit ein Programm sie wiedererkennt.
hook-messages-none = Noch keine.
hook-tries = { $n }-mal gesendet
hook-next = nächstes Mal { $time }
hook-again = Erneut senden
hook-since = Alles erneut senden seit
hook-since-hint = In UTC, wie die Zeiten oben.
hook-since-do = Erneut senden
hook-since-wrong = Wählen Sie Tag und Uhrzeit.
hook-not-over = Diese Nachricht ist schon unterwegs.
hook-is-paused = Es ist angehalten. Starten Sie es zuerst wieder.
hook-done-tested = Die Probe ist unterwegs. Sehen Sie gleich noch einmal nach.
hook-done-again = Sie sind wieder unterwegs.
hook-done-changed = Erledigt.
hook-delete = Löschen
hook-delete-what = Was ihm noch nicht zugestellt wurde, wird es nicht mehr.
hook-sure = Ja, diesen Webhook löschen
hook-deleted = Der Webhook ist gelöscht.
hook-new = Webhook hinzufügen
hook-url = Seine Adresse
hook-url-hint = https, unter einer öffentlichen Adresse. Ihm wird alles außer jeder Erneuerung gesagt.
hook-url-wrong = Das muss eine überall erreichbare https-Adresse ohne Namen und Passwort sein.
hook-too-many = Sie haben dort 20 Webhooks, mehr geht nicht. Löschen Sie zuerst einen.
hook-make = Hinzufügen

## A new source, and a new connection
account-connect = Ein Konto verbinden bei
account-connect-go = Verbinden
source-search = Name der Firma oder des Produkts
source-none-such = So heißt nichts. Eine der allgemeinen Arten unten geht.
source-at-provider = Beim Anbieter
source-register = Legen Sie zuerst dort eine Anwendung an, und registrieren Sie diese Redirect-URI. Sie gehört nur zu dieser Quelle und gilt, sobald die Quelle angelegt ist.
source-docs = Dokumentation
source-last-checked = Definition zuletzt geprüft
source-settings = Was er Ihnen gab
source-connect-first = Ihr erstes Konto verbinden
source-connect-first-what = Das zeigt, dass alles funktioniert: Sie gehen zum Anbieter und kommen mit einem Konto von Ihnen zurück.
source-connect = Ein Konto von Ihnen verbinden
source-connect-what = Es wird Ihres; teilen Sie es auf Ihrer Kontoseite.
console-copy = Kopieren
console-copied = Kopiert

## More of connections
connections-acts = Was Sie tun können
activity-webhook-made = Sie haben einen Webhook hinzugefügt
activity-webhook-changed = Sie haben einen Webhook geändert
activity-webhook-deleted = Sie haben einen Webhook gelöscht
activity-source-made = Sie haben eine Quelle hinzugefügt
activity-source-changed = Sie haben eine Quelle geändert
activity-source-deleted = Sie haben eine Quelle gelöscht
